#pragma once

#include <map>
#include <memory>
#include <string>

#include "stepconf/deploy/wanted_state.h"
#include "stepconf/deploy/work.h"

namespace stepconf::deploy {

// The work of each kind of part. What is given by reference must outlive the work.

/// Also takes over a group without an owner that Lambda itself made for one of our functions.
std::unique_ptr<Work> log_group_work(const DeploymentNames& names, const WantedLogGroup& wanted);

/// Where not `removals`, policies that are no longer wanted stay: executions may still need them.
std::unique_ptr<Work> role_work(const DeploymentNames& names, const WantedRole& wanted,
                                bool removals);

std::unique_ptr<Work> table_work(const DeploymentNames& names, const WantedTable& wanted);

/// ARN of the wanted version by layer name.
using LayerArns = std::map<std::string, std::string>;
/// Enters the layer's ARN in `arns`.
std::unique_ptr<Work> layer_work(const WantedLayer& wanted, LayerArns& arns);

/// Makes the versions and aliases that are wanted, and deletes nothing. `arns` has the layers that
/// are wanted.
std::unique_ptr<Work> function_work(const DeploymentNames& names, const WantedFunction& wanted,
                                    const LayerArns& arns);

/// Sets `changed` where an existing machine got another definition or role.
std::unique_ptr<Work> machine_work(const DeploymentNames& names, const WantedMachine& wanted,
                                   bool& changed);

}  // namespace stepconf::deploy
