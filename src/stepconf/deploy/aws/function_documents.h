#pragma once

#include "stepconf/deploy/control_plane.h"
#include "stepconf/services/lambda.h"

// Private to deploy/aws/: Lambda's documents in the terms of deployments.

namespace stepconf::deploy {

/// Reads what Lambda says of a function; its tags come with another answer.
FunctionState function_state(const services::LambdaFunction& function);

VersionState version_state(const services::LambdaFunction& version);

/// Writes settings for CreateFunction, which may leave out what is not set; not the architecture.
services::LambdaSettings settings_of(const FunctionConfiguration& configuration);

/// Writes them for UpdateFunctionConfiguration, which keeps what it is not told: all of it is said.
services::LambdaSettings all_settings_of(const FunctionConfiguration& configuration);

}  // namespace stepconf::deploy
