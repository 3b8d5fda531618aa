#pragma once

#include "stepconf/cli/aws_account.h"
#include "stepconf/cli/deployed_functions.h"
#include "stepconf/cli/interruption.h"
#include "stepconf/platform/lambda/lambda_platform.h"

namespace stepconf::cli {

/// Whether the project runs on AWS: platform.kind lambda.
bool runs_on_lambda(const project::Project& project);

/// A deployment as a place where functions are invoked from this machine.
struct LambdaPlace {
  AwsAccount account;
  deploy::DeploymentNames names;
  std::map<std::string, platform::LambdaTarget> targets;
};

/// Finds a project's deployment; `option` is the command line's --deployment. Says on stderr where
/// it is. Throws as open_account and deployed_functions.
LambdaPlace open_lambda(const Workspace& workspace, const std::string& option);

/// Gives the options of a platform there: as many invocations at once as the account allows, 256 at
/// most.
platform::LambdaOptions lambda_options(const LambdaPlace& place,
                                       platform::ServiceFailures service_failures);

/// Says on stderr what a user should know of how a platform was used: invocations that nobody waits
/// for any more, that were throttled, or whose duration nobody told.
void report_use(const platform::LambdaPlatform& platform);

}  // namespace stepconf::cli
