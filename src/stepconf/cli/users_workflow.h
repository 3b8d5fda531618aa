#pragma once

#include <map>
#include <string>
#include <vector>

#include "stepconf/cli/step_choices.h"
#include "stepconf/deploy/control_plane.h"
#include "stepconf/deploy/deployment_names.h"
#include "stepconf/deploy/wanted_function.h"
#include "stepconf/deploy/wanted_state.h"
#include "stepconf/machine/generate.h"
#include "stepconf/project/deployment.h"

namespace stepconf::cli {

/// Reads the functions that steps call, by name, as they are in the account now, without sizes yet.
/// Throws InvalidInput where there is none of that name, it is in another account or region, or two
/// steps call different versions of it.
std::map<std::string, deploy::CopiedFunction> read_functions(
    const std::vector<machine::GeneratedStep>& steps, const project::Deployment& deployment,
    const deploy::DeploymentNames& names, deploy::ControlPlane& plane);

/// Gives what planning has to know of them.
std::map<std::string, FunctionFacts> facts_of(
    const std::map<std::string, deploy::CopiedFunction>& functions);

/// Reads type and permissions of the user's state machine, by name or ARN; a Standard one without
/// permissions of its own where it is empty. Warns on stderr where its definition is not the
/// project's. Throws InvalidInput where there is none.
deploy::CopiedMachine read_machine(const std::string& state_machine, const std::string& definition,
                                   const deploy::DeploymentNames& names,
                                   deploy::ControlPlane& plane);

}  // namespace stepconf::cli
