#include "stepconf/deploy/observed_state.h"

#include "stepconf/deploy/observe_function.h"

namespace stepconf::deploy {

ObservedState observe_state(const DeploymentNames& names, ControlPlane& plane) {
  ObservedState state;
  const std::string log_prefix = DeploymentNames::log_group(names.configurator());
  for (LogGroupState& group : plane.log_groups_named(log_prefix)) {
    state.log_groups.emplace(group.name, std::move(group));
  }
  for (const std::string& name : {names.configurator_role(), names.machine_role()}) {
    if (auto role = plane.find_role(name)) state.roles.emplace(name, std::move(*role));
  }
  state.table = plane.find_table(names.table());
  for (const char* architecture : {"x86_64", "arm64"}) {
    const std::string name = names.layer(architecture);
    if (auto versions = plane.layer_versions(name); !versions.empty()) {
      state.layers.emplace(name, std::move(versions));
    }
  }
  std::vector<std::string> functions = plane.functions_named(names.copies_prefix());
  functions.push_back(names.configurator());
  for (const std::string& name : functions) {
    if (auto function = observe_function(plane, name)) {
      state.functions.emplace(name, std::move(*function));
    }
  }
  state.machine = plane.find_machine(names.state_machine_arn());
  return state;
}

}  // namespace stepconf::deploy
