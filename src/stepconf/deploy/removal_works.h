#pragma once

#include <memory>
#include <string>

#include "stepconf/deploy/wanted_state.h"
#include "stepconf/deploy/work.h"

namespace stepconf::deploy {

// The work of taking parts away. Each looks at the owner's tag first, and leaves alone what bears
// another or none; what is gone already is done. What is given by reference must outlive the work.

/// Deletes what `superseded` finds of a function that stays.
std::unique_ptr<Work> superseded_removal(const DeploymentNames& names,
                                         const WantedFunction& wanted);

std::unique_ptr<Work> function_removal(const DeploymentNames& names, std::string function);

/// Deletes the versions of a layer but the one with the description `kept`. Layers have no tags;
/// their names are the deployment's alone.
std::unique_ptr<Work> layer_removal(std::string layer, std::string kept = {});

std::unique_ptr<Work> table_removal(const DeploymentNames& names);
std::unique_ptr<Work> log_group_removal(const DeploymentNames& names, std::string log_group);
std::unique_ptr<Work> role_removal(const DeploymentNames& names, std::string role);

/// Is done once the machine is gone, which its running executions may hold up until their next
/// transition.
std::unique_ptr<Work> machine_removal(const DeploymentNames& names);

}  // namespace stepconf::deploy
