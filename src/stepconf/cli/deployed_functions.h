#pragma once

#include <map>
#include <string>

#include "stepconf/cli/workspace.h"
#include "stepconf/deploy/deployment_names.h"
#include "stepconf/platform/lambda/lambda_platform.h"
#include "stepconf/services/lambda.h"

namespace stepconf::cli {

/// Reads from the account what can be invoked of a deployment: for each function that the workflow
/// calls its copy, and the newest alias of each memory size. Throws InvalidInput where there is no
/// copy, or one of that name that is not the deployment's.
std::map<std::string, platform::LambdaTarget> deployed_functions(
    const Workspace& workspace, const deploy::DeploymentNames& names, services::Lambda& lambda);

/// Checks that every memory size that a run may choose has an alias: those of the models, without
/// models the smallest of the project. Throws InvalidInput that names functions and sizes.
void check_sizes(const Workspace& workspace, const deploy::DeploymentNames& names,
                 const std::map<std::string, platform::LambdaTarget>& targets);

/// Leaves of each function's memory sizes those that have an alias, for measuring, and says on
/// stderr which have none. Throws InvalidInput where a function has none at all.
void keep_deployed_sizes(project::Project& project, const deploy::DeploymentNames& names,
                         const std::map<std::string, platform::LambdaTarget>& targets);

}  // namespace stepconf::cli
