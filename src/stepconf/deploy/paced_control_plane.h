#pragma once

#include "stepconf/deploy/clock.h"
#include "stepconf/deploy/control_plane.h"
#include "stepconf/deploy/token_bucket.h"

namespace stepconf::deploy {

/// How often the control plane may be called. The defaults: 15 requests a second is Lambda's quota
/// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), of which others get
/// a third; 35 versions a minute is what was measured to go through (docs/deploy.md).
struct Pace {
  double calls_per_second = 10;
  double call_burst = 10;
  double publishes_per_minute = 35;
  double publish_burst = 5;
};

/// Passes calls on to `plane`, each when its turn has come. A call that is throttled all the same
/// empties the bucket that it came from, so those after it wait.
class PacedControlPlane final : public ControlPlane {
 public:
  /// Both must outlive it.
  PacedControlPlane(ControlPlane& plane, Clock& clock, const Pace& pace = {});

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
  auto paced(auto call);
  void wait_for(TokenBucket& bucket);

  ControlPlane& plane_;
  Clock& clock_;
  TokenBucket calls_;
  TokenBucket publishes_;
};

}  // namespace stepconf::deploy
