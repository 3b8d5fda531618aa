#pragma once

#include "stepconf/deploy/control_plane.h"
#include "stepconf/services/dynamodb.h"
#include "stepconf/services/iam.h"
#include "stepconf/services/lambda.h"
#include "stepconf/services/logs.h"
#include "stepconf/services/step_functions.h"

namespace stepconf::deploy {

/// A deployment's parts in an AWS account. Of one thread. What other deployments of the account do
/// at the same time is seen in the errors that the services answer with.
class AwsControlPlane final : public ControlPlane {
 public:
  /// Each call is tried once, whatever the session says of retries: who calls looks first how
  /// things stand. Throws InvalidInput where region or endpoints are missing or wrong.
  explicit AwsControlPlane(const services::Session& session);

  std::optional<FunctionState> find_function(const std::string& name) override;
  FunctionCode function_code(const std::string& name) override;
  std::vector<std::string> functions_named(const std::string& prefix) override;
  FunctionState create_function(const std::string& name, const FunctionConfiguration& configuration,
                                const FunctionCode& code, const Tags& tags) override;
  FunctionState update_configuration(const std::string& name,
                                     const FunctionConfiguration& configuration,
                                     const std::string& revision) override;
  FunctionState update_code(const std::string& name, const FunctionCode& code,
                            const std::string& architecture, const std::string& revision) override;
  VersionState publish_version(const std::string& name, const std::string& revision) override;
  std::vector<VersionState> versions(const std::string& name) override;
  void delete_version(const std::string& name, const std::string& version) override;
  std::map<std::string, std::string> aliases(const std::string& name) override;
  void create_alias(const std::string& name, const std::string& alias,
                    const std::string& version) override;
  void update_alias(const std::string& name, const std::string& alias,
                    const std::string& version) override;
  void delete_alias(const std::string& name, const std::string& alias) override;
  void delete_function(const std::string& name) override;

  std::vector<LayerVersion> layer_versions(const std::string& layer) override;
  LayerVersion publish_layer(const std::string& layer, const FunctionCode& code,
                             const std::string& architecture,
                             const std::string& description) override;
  void delete_layer_version(const std::string& layer, int version) override;

  std::optional<RoleState> find_role(const std::string& name) override;
  void create_role(const std::string& name, const Json& trust,
                   const std::string& permissions_boundary, const Tags& tags) override;
  void update_trust(const std::string& role, const Json& trust) override;
  void put_role_policy(const std::string& role, const std::string& policy,
                       const Json& document) override;
  void delete_role_policy(const std::string& role, const std::string& policy) override;
  void attach_role_policy(const std::string& role, const std::string& policy_arn) override;
  void detach_role_policy(const std::string& role, const std::string& policy_arn) override;
  void delete_role(const std::string& name) override;

  std::optional<TableState> find_table(const std::string& name) override;
  void create_table(const std::string& name, const std::string& key, const Tags& tags) override;
  void enable_ttl(const std::string& table, const std::string& attribute) override;
  void delete_table(const std::string& name) override;

  std::vector<LogGroupState> log_groups_named(const std::string& prefix) override;
  void create_log_group(const std::string& name, const Tags& tags) override;
  void tag_log_group(const std::string& name, const Tags& tags) override;
  void set_retention(const std::string& log_group, int days) override;
  void delete_log_group(const std::string& name) override;

  std::optional<MachineState> find_machine(const std::string& arn) override;
  void create_machine(const std::string& name, const std::string& type,
                      const std::string& definition, const std::string& role_arn,
                      const Tags& tags) override;
  void update_machine(const std::string& arn, const std::string& definition,
                      const std::string& role_arn) override;
  void delete_machine(const std::string& arn) override;
  bool has_running_executions(const std::string& arn) override;

 private:
  std::string log_group_arn(const std::string& name);

  services::Lambda lambda_;
  services::Iam iam_;
  services::DynamoDb dynamodb_;
  services::Logs logs_;
  services::StepFunctions step_functions_;
};

}  // namespace stepconf::deploy
