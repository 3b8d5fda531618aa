#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "stepconf/base/error.h"
#include "stepconf/base/json.h"

namespace stepconf::runtime {

/// What Lambda tells a handler about the call beside its event.
struct Invocation {
  std::string request_id;
  /// With the alias by which the function was called.
  std::string function_arn;
  std::string trace_id;
  std::chrono::system_clock::time_point deadline;
};

/// Thrown by a handler: the function fails with this error type and message, which Step Functions
/// matches in Retry and Catch.
class HandlerError : public Error {
 public:
  HandlerError(std::string type, const std::string& message)
      : Error(message), type_(std::move(type)) {}
  const std::string& type() const { return type_; }

 private:
  std::string type_;
};

using Handler = std::function<Json(const Json& event, const Invocation& invocation)>;

/// Serves `handler` as a Lambda custom runtime
/// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html): takes events from the Runtime
/// API that AWS_LAMBDA_RUNTIME_API names and answers them, one at a time, until the API is gone.
/// Returns the process's exit status. A std::exception from the handler is reported as errorType
/// "Error", a HandlerError by its own type.
int serve(const Handler& handler);

}  // namespace stepconf::runtime
