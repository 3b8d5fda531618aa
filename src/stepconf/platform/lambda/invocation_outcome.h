#pragma once

#include <string>

#include "stepconf/base/error.h"
#include "stepconf/platform/platform.h"
#include "stepconf/services/lambda.h"

namespace stepconf::platform {

/// Gives the status of an invocation that the service refused, as Platform's completions have it:
/// the service's own name of the error where the API documents one ("TooManyRequestsException"),
/// else "AWSLambdaException", as Step Functions reports what the API does not list, such as a
/// missing permission; "SdkClientException" where nobody answered.
std::string service_status(const Error& error);

/// Gives the status of a function that failed: the errorType of its `document`, as Step Functions
/// matches it; "Lambda.Unknown" where it has none.
std::string function_status(const std::string& document);

/// Fills in what an answered invocation was. `dispatched` and `ended`, by the platform's clock, are
/// set already.
///
/// Where the log tail has a report, `started` is `ended` less the duration it tells, so that the
/// way there and back and INIT count as mapping delay, as in a sample. Without a report nobody
/// knows: the function is taken to have worked, and to be billed, from `dispatched` to `ended`;
/// returns false.
bool fill_in(const services::LambdaInvocation& answer, Completion& completion);

/// Fills in an invocation that was refused, or not answered.
void fill_in(const Error& error, Completion& completion);

}  // namespace stepconf::platform
