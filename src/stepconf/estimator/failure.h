#pragma once

#include <string_view>

namespace stepconf::estimator {

/// What an error's name says about other configurations.
enum class FailureKind { out_of_memory, timed_out, throttled, other };

/// Sorts an error's name as Lambda and Step Functions give it: Runtime.OutOfMemory,
/// Sandbox.Timedout, States.Timeout, Lambda.TooManyRequestsException, ...
FailureKind kind_of_failure(std::string_view status);

}  // namespace stepconf::estimator
