#pragma once

#include "stepconf/services/lambda.h"

// Private to services/: Lambda's JSON.

namespace stepconf::services {

LambdaFunction read_function(const Json& document);
LambdaAlias read_alias(const Json& document);
LambdaLayerVersion read_layer_version(const Json& document);
/// Adds what `settings` sets to a request.
void write_settings(const LambdaSettings& settings, Json& request);
/// Gives the members ZipFile, S3Bucket, ... of a code.
Json write_code(const LambdaCode& code);

}  // namespace stepconf::services
