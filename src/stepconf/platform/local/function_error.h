#pragma once

#include <string>
#include <string_view>

#include "stepconf/base/units.h"

namespace stepconf::platform {

/// Lambda's limits of a synchronous call, in bytes
/// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
inline constexpr std::size_t kMaxRequestBytes = 6'291'456;
inline constexpr std::size_t kMaxResponseBytes = 6'291'556;
/// Its limit of an asynchronous call's event: 1 MB
/// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
inline constexpr std::size_t kMaxEventBytes = 1'048'576;

/// How an invocation failed, as Lambda tells it.
struct FunctionError {
  /// errorType: what Retry and Catch match.
  std::string type;
  /// errorMessage.
  std::string message;
  /// The payload: {"errorType", "errorMessage", ...}.
  std::string document;
  /// Whose failure it is: what the handler reported; the sandbox's, which has ended (time-out,
  /// exit, memory); the platform's own, in which the function has no part.
  enum class Of { handler, sandbox, platform };
  Of of = Of::handler;
};

/// The type of a time-out.
inline constexpr std::string_view kTimedOut = "Sandbox.Timedout";

/// Makes an error and its document.
FunctionError function_error(std::string type, std::string message);

/// The platform itself cannot go on: ServiceException.
FunctionError platform_failed(std::string reason);

/// "RequestId: ID Error: INIT timed out after 10.00 seconds", Sandbox.Timedout.
FunctionError init_timed_out(std::string_view request_id, Seconds limit);

/// "RequestId: ID Error: Task timed out after 3.00 seconds", Sandbox.Timedout.
FunctionError timed_out(std::string_view request_id, Seconds limit);

/// "RequestId: ID Error: Runtime exited with error: exit status 1" (or "signal: killed", or
/// "Runtime exited without providing a reason" for status 0), Runtime.ExitError. `wait_status` is
/// waitpid(2)'s.
FunctionError runtime_exited(std::string_view request_id, int wait_status);

/// The kernel killed the runtime because the sandbox had no more memory: "RequestId: ID Error:
/// Runtime exited with error: signal: killed", Runtime.OutOfMemory.
FunctionError out_of_memory(std::string_view request_id);

/// The command could not be started: Runtime.InvalidEntrypoint.
FunctionError not_started(std::string_view request_id, std::string_view reason);

/// Function.ResponseSizeTooLarge.
FunctionError response_too_large();

/// A runtime answered in the mode "streaming", which needs an API of Lambda's own beside Invoke:
/// StepConf.StreamingUnsupported.
FunctionError streaming_refused();

/// What a runtime posted to .../error or init/error: its own type and message. Where `body` has
/// none, `header_type` (Lambda-Runtime-Function-Error-Type) or "Unhandled" stands for it.
FunctionError reported_error(std::string body, std::string_view header_type);

}  // namespace stepconf::platform
