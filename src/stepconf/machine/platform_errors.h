#pragma once

#include <string_view>

#include "stepconf/base/json.h"

namespace stepconf::machine {

/// Tells whether an error name is one that Step Functions gives to a failed call of Lambda itself,
/// not to a function that failed: no job was done, or nobody knows.
bool is_platform_error(std::string_view name);

/// Makes the Retry of the generated Task from the user's: errors of the platform alone, with the
/// values of the first Retrier that matched each. All others are for the wrapper, which tries the
/// failed job again and leaves the others alone. Empty where no Retrier matches one.
OrderedJson platform_retry(const Json& retry);

}  // namespace stepconf::machine
