#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stepconf/deploy/function_step.h"
#include "stepconf/deploy/wanted_state.h"

namespace stepconf::deploy {

/// What there is under a deployment's names, whoever it belongs to.
struct ObservedState {
  std::map<std::string, LogGroupState> log_groups{};
  std::map<std::string, RoleState> roles{};
  std::optional<TableState> table{};
  std::map<std::string, std::vector<LayerVersion>> layers{};
  std::map<std::string, ObservedFunction> functions{};
  std::optional<MachineState> machine{};
};

/// Reads all of it: three calls a function and a few more. Throws ControlPlaneError.
ObservedState observe_state(const DeploymentNames& names, ControlPlane& plane);

}  // namespace stepconf::deploy
