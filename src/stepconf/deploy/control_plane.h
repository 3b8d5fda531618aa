#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stepconf/deploy/control_plane_error.h"
#include "stepconf/deploy/function_settings.h"

namespace stepconf::deploy {

using Tags = std::map<std::string, std::string>;

/// Whether something that takes its time is usable: Lambda's State and LastUpdateStatus, and the
/// like of others.
enum class Readiness { ready, in_progress, failed };

/// A function's $LATEST.
struct FunctionState {
  std::string name{};
  FunctionSettings settings{};
  MemoryMb memory{};
  std::string description{};
  std::string code_sha256{};
  /// Of an image, with its digest; empty for a zip.
  std::string image_uri{};
  /// Changes with every change of $LATEST.
  std::string revision{};
  /// The worse of State and LastUpdateStatus; an inactive function is ready.
  Readiness readiness = Readiness::ready;
  /// Why it failed.
  std::string reason{};
  Tags tags{};
};

/// A published version.
struct VersionState {
  /// "1", "2", ...
  std::string version{};
  MemoryMb memory{};
  std::string description{};
  std::string code_sha256{};
  Readiness readiness = Readiness::ready;
  std::string reason{};
};

/// What $LATEST is to be, but for its code.
struct FunctionConfiguration {
  FunctionSettings settings{};
  MemoryMb memory{};
  /// At most 256 characters.
  std::string description{};
};

struct LayerVersion {
  int version = 0;
  std::string arn{};
  std::string description{};
};

struct RoleState {
  std::string name{};
  /// Who may assume it.
  Json trust{};
  /// Inline policies by name.
  std::map<std::string, Json> policies{};
  /// ARNs of managed policies, sorted.
  std::vector<std::string> managed_policies{};
  /// ARN, or empty.
  std::string permissions_boundary{};
  Tags tags{};
};

struct TableState {
  std::string name{};
  /// Its only key attribute, a string.
  std::string key{};
  /// The attribute of TTL, also while it is being enabled; empty where TTL is off.
  std::string ttl_attribute{};
  /// In progress while it is created or deleted.
  Readiness readiness = Readiness::ready;
  bool deleting = false;
  Tags tags{};
};

struct LogGroupState {
  std::string name{};
  /// 0: for ever.
  int retention_days = 0;
  Tags tags{};
};

struct MachineState {
  std::string name{};
  /// "STANDARD" or "EXPRESS"; cannot be changed.
  std::string type = "STANDARD";
  /// Byte for byte as it was given.
  std::string definition{};
  std::string role_arn{};
  bool deleting = false;
  Tags tags{};
};

/// The services that a deployment is made of, as far as `deploy`, `status` and `remove` need them:
/// Lambda, IAM, DynamoDB, CloudWatch Logs, Step Functions. Blocks until the answer is there, tries
/// nothing twice, and throws ControlPlaneError. `find_...` gives nothing where there is nothing,
/// `...s_named` are whole listings. Deleting what is not there throws not_found. Tags of what is
/// created are set by the same call, so that nothing is ever without an owner.
class ControlPlane {
 public:
  virtual ~ControlPlane() = default;

  // Lambda
  virtual std::optional<FunctionState> find_function(const std::string& name) = 0;
  /// Fetches the code of $LATEST. Throws not_found.
  virtual FunctionCode function_code(const std::string& name) = 0;
  /// Names that begin so, ascending.
  virtual std::vector<std::string> functions_named(const std::string& prefix) = 0;
  virtual FunctionState create_function(const std::string& name,
                                        const FunctionConfiguration& configuration,
                                        const FunctionCode& code, const Tags& tags) = 0;
  /// Sets all of it but the architecture. Throws conflict where `revision` is no longer the
  /// function's, and while an update is in progress.
  virtual FunctionState update_configuration(const std::string& name,
                                             const FunctionConfiguration& configuration,
                                             const std::string& revision) = 0;
  /// The same for code, and for the architecture, which Lambda changes with it alone.
  virtual FunctionState update_code(const std::string& name, const FunctionCode& code,
                                    const std::string& architecture,
                                    const std::string& revision) = 0;
  /// Makes a version of $LATEST, its description included, or gives the latest version where
  /// nothing changed since. Throws conflict as the updates do.
  virtual VersionState publish_version(const std::string& name, const std::string& revision) = 0;
  /// Without $LATEST, ascending by number.
  virtual std::vector<VersionState> versions(const std::string& name) = 0;
  virtual void delete_version(const std::string& name, const std::string& version) = 0;
  /// Version by alias.
  virtual std::map<std::string, std::string> aliases(const std::string& name) = 0;
  virtual void create_alias(const std::string& name, const std::string& alias,
                            const std::string& version) = 0;
  virtual void update_alias(const std::string& name, const std::string& alias,
                            const std::string& version) = 0;
  virtual void delete_alias(const std::string& name, const std::string& alias) = 0;
  /// With all its versions and aliases.
  virtual void delete_function(const std::string& name) = 0;

  // Layers have no tags.
  virtual std::vector<LayerVersion> layer_versions(const std::string& layer) = 0;
  virtual LayerVersion publish_layer(const std::string& layer, const FunctionCode& code,
                                     const std::string& architecture,
                                     const std::string& description) = 0;
  virtual void delete_layer_version(const std::string& layer, int version) = 0;

  // IAM
  virtual std::optional<RoleState> find_role(const std::string& name) = 0;
  /// Without any policies.
  virtual void create_role(const std::string& name, const Json& trust,
                           const std::string& permissions_boundary, const Tags& tags) = 0;
  virtual void update_trust(const std::string& role, const Json& trust) = 0;
  virtual void put_role_policy(const std::string& role, const std::string& policy,
                               const Json& document) = 0;
  virtual void delete_role_policy(const std::string& role, const std::string& policy) = 0;
  virtual void attach_role_policy(const std::string& role, const std::string& policy_arn) = 0;
  virtual void detach_role_policy(const std::string& role, const std::string& policy_arn) = 0;
  virtual void delete_role(const std::string& name) = 0;

  // DynamoDB
  virtual std::optional<TableState> find_table(const std::string& name) = 0;
  /// Billed by the request.
  virtual void create_table(const std::string& name, const std::string& key, const Tags& tags) = 0;
  virtual void enable_ttl(const std::string& table, const std::string& attribute) = 0;
  virtual void delete_table(const std::string& name) = 0;

  // CloudWatch Logs
  /// Ascending by name.
  virtual std::vector<LogGroupState> log_groups_named(const std::string& prefix) = 0;
  virtual void create_log_group(const std::string& name, const Tags& tags) = 0;
  virtual void tag_log_group(const std::string& name, const Tags& tags) = 0;
  virtual void set_retention(const std::string& log_group, int days) = 0;
  virtual void delete_log_group(const std::string& name) = 0;

  // Step Functions
  virtual std::optional<MachineState> find_machine(const std::string& arn) = 0;
  virtual void create_machine(const std::string& name, const std::string& type,
                              const std::string& definition, const std::string& role_arn,
                              const Tags& tags) = 0;
  virtual void update_machine(const std::string& arn, const std::string& definition,
                              const std::string& role_arn) = 0;
  /// Begins it; the machine is gone once its executions are.
  virtual void delete_machine(const std::string& arn) = 0;
  /// Whether an execution of a Standard machine is running.
  virtual bool has_running_executions(const std::string& arn) = 0;
};

}  // namespace stepconf::deploy
