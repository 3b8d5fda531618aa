#include "stepconf/deploy/paced_control_plane.h"

namespace stepconf::deploy {

PacedControlPlane::PacedControlPlane(ControlPlane& plane, Clock& clock, const Pace& pace)
    : plane_(plane),
      clock_(clock),
      calls_(pace.call_burst, pace.calls_per_second),
      publishes_(pace.publish_burst, pace.publishes_per_minute / 60) {}

void PacedControlPlane::wait_for(TokenBucket& bucket) {
  const Seconds wait = bucket.take(clock_.now());
  if (wait > Seconds(0)) clock_.pause(wait);
}

auto PacedControlPlane::paced(auto call) {
  wait_for(calls_);
  try {
    return call();
  } catch (const ControlPlaneError& error) {
    if (error.trouble() == Trouble::throttled) calls_.drain(clock_.now());
    throw;
  }
}

std::optional<FunctionState> PacedControlPlane::find_function(const std::string& name) {
  return paced([&] { return plane_.find_function(name); });
}

FunctionCode PacedControlPlane::function_code(const std::string& name) {
  return paced([&] { return plane_.function_code(name); });
}

std::vector<std::string> PacedControlPlane::functions_named(const std::string& prefix) {
  return paced([&] { return plane_.functions_named(prefix); });
}

FunctionState PacedControlPlane::create_function(const std::string& name,
                                                 const FunctionConfiguration& configuration,
                                                 const FunctionCode& code, const Tags& tags) {
  return paced([&] { return plane_.create_function(name, configuration, code, tags); });
}

FunctionState PacedControlPlane::update_configuration(const std::string& name,
                                                      const FunctionConfiguration& configuration,
                                                      const std::string& revision) {
  return paced([&] { return plane_.update_configuration(name, configuration, revision); });
}

FunctionState PacedControlPlane::update_code(const std::string& name, const FunctionCode& code,
                                             const std::string& architecture,
                                             const std::string& revision) {
  return paced([&] { return plane_.update_code(name, code, architecture, revision); });
}

VersionState PacedControlPlane::publish_version(const std::string& name,
                                                const std::string& revision) {
  wait_for(publishes_);
  try {
    return paced([&] { return plane_.publish_version(name, revision); });
  } catch (const ControlPlaneError& error) {
    if (error.trouble() == Trouble::throttled) publishes_.drain(clock_.now());
    throw;
  }
}

std::vector<VersionState> PacedControlPlane::versions(const std::string& name) {
  return paced([&] { return plane_.versions(name); });
}

void PacedControlPlane::delete_version(const std::string& name, const std::string& version) {
  return paced([&] { return plane_.delete_version(name, version); });
}

std::map<std::string, std::string> PacedControlPlane::aliases(const std::string& name) {
  return paced([&] { return plane_.aliases(name); });
}

void PacedControlPlane::create_alias(const std::string& name, const std::string& alias,
                                     const std::string& version) {
  return paced([&] { return plane_.create_alias(name, alias, version); });
}

void PacedControlPlane::update_alias(const std::string& name, const std::string& alias,
                                     const std::string& version) {
  return paced([&] { return plane_.update_alias(name, alias, version); });
}

void PacedControlPlane::delete_alias(const std::string& name, const std::string& alias) {
  return paced([&] { return plane_.delete_alias(name, alias); });
}

void PacedControlPlane::delete_function(const std::string& name) {
  return paced([&] { return plane_.delete_function(name); });
}

std::vector<LayerVersion> PacedControlPlane::layer_versions(const std::string& layer) {
  return paced([&] { return plane_.layer_versions(layer); });
}

LayerVersion PacedControlPlane::publish_layer(const std::string& layer, const FunctionCode& code,
                                              const std::string& architecture,
                                              const std::string& description) {
  return paced([&] { return plane_.publish_layer(layer, code, architecture, description); });
}

void PacedControlPlane::delete_layer_version(const std::string& layer, int version) {
  return paced([&] { return plane_.delete_layer_version(layer, version); });
}

std::optional<RoleState> PacedControlPlane::find_role(const std::string& name) {
  return paced([&] { return plane_.find_role(name); });
}

void PacedControlPlane::create_role(const std::string& name, const Json& trust,
                                    const std::string& permissions_boundary, const Tags& tags) {
  return paced([&] { return plane_.create_role(name, trust, permissions_boundary, tags); });
}

void PacedControlPlane::update_trust(const std::string& role, const Json& trust) {
  return paced([&] { return plane_.update_trust(role, trust); });
}

void PacedControlPlane::put_role_policy(const std::string& role, const std::string& policy,
                                        const Json& document) {
  return paced([&] { return plane_.put_role_policy(role, policy, document); });
}

void PacedControlPlane::delete_role_policy(const std::string& role, const std::string& policy) {
  return paced([&] { return plane_.delete_role_policy(role, policy); });
}

void PacedControlPlane::attach_role_policy(const std::string& role, const std::string& policy_arn) {
  return paced([&] { return plane_.attach_role_policy(role, policy_arn); });
}

void PacedControlPlane::detach_role_policy(const std::string& role, const std::string& policy_arn) {
  return paced([&] { return plane_.detach_role_policy(role, policy_arn); });
}

void PacedControlPlane::delete_role(const std::string& name) {
  return paced([&] { return plane_.delete_role(name); });
}

std::optional<TableState> PacedControlPlane::find_table(const std::string& name) {
  return paced([&] { return plane_.find_table(name); });
}

void PacedControlPlane::create_table(const std::string& name, const std::string& key,
                                     const Tags& tags) {
  return paced([&] { return plane_.create_table(name, key, tags); });
}

void PacedControlPlane::enable_ttl(const std::string& table, const std::string& attribute) {
  return paced([&] { return plane_.enable_ttl(table, attribute); });
}

void PacedControlPlane::delete_table(const std::string& name) {
  return paced([&] { return plane_.delete_table(name); });
}

std::vector<LogGroupState> PacedControlPlane::log_groups_named(const std::string& prefix) {
  return paced([&] { return plane_.log_groups_named(prefix); });
}

void PacedControlPlane::create_log_group(const std::string& name, const Tags& tags) {
  return paced([&] { return plane_.create_log_group(name, tags); });
}

void PacedControlPlane::tag_log_group(const std::string& name, const Tags& tags) {
  return paced([&] { return plane_.tag_log_group(name, tags); });
}

void PacedControlPlane::set_retention(const std::string& log_group, int days) {
  return paced([&] { return plane_.set_retention(log_group, days); });
}

void PacedControlPlane::delete_log_group(const std::string& name) {
  return paced([&] { return plane_.delete_log_group(name); });
}

std::optional<MachineState> PacedControlPlane::find_machine(const std::string& arn) {
  return paced([&] { return plane_.find_machine(arn); });
}

void PacedControlPlane::create_machine(const std::string& name, const std::string& type,
                                       const std::string& definition, const std::string& role_arn,
                                       const Tags& tags) {
  return paced([&] { return plane_.create_machine(name, type, definition, role_arn, tags); });
}

void PacedControlPlane::update_machine(const std::string& arn, const std::string& definition,
                                       const std::string& role_arn) {
  return paced([&] { return plane_.update_machine(arn, definition, role_arn); });
}

void PacedControlPlane::delete_machine(const std::string& arn) {
  return paced([&] { return plane_.delete_machine(arn); });
}

bool PacedControlPlane::has_running_executions(const std::string& arn) {
  return paced([&] { return plane_.has_running_executions(arn); });
}

}  // namespace stepconf::deploy
