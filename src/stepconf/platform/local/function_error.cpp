#include "stepconf/platform/local/function_error.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <csignal>
#include <cstring>

#include "stepconf/base/json.h"

namespace stepconf::platform {

namespace {

std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// As Go's os package names them, for AWS's agent is written in Go: "killed", "segmentation fault".
std::string signal_name(int signal) {
  const char* described = ::sigdescr_np(signal);
  std::string name = described == nullptr ? std::to_string(signal) : described;
  if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z') name[0] = static_cast<char>(name[0] + 32);
  return name;
}

}  // namespace

namespace {

FunctionError sandbox_error(std::string_view type, std::string_view request_id,
                            std::string_view how) {
  FunctionError error =
      function_error(std::string(type), fmt::format("RequestId: {} Error: {}", request_id, how));
  error.of = FunctionError::Of::sandbox;
  return error;
}

}  // namespace

FunctionError function_error(std::string type, std::string message) {
  std::string document = dump(Json{{"errorType", type}, {"errorMessage", message}});
  return {std::move(type), std::move(message), std::move(document)};
}

FunctionError platform_failed(std::string reason) {
  FunctionError error = function_error("ServiceException", std::move(reason));
  error.of = FunctionError::Of::platform;
  return error;
}

FunctionError init_timed_out(std::string_view request_id, Seconds limit) {
  return sandbox_error(kTimedOut, request_id,
                       fmt::format("INIT timed out after {:.2f} seconds", limit.count()));
}

FunctionError timed_out(std::string_view request_id, Seconds limit) {
  return sandbox_error(kTimedOut, request_id,
                       fmt::format("Task timed out after {:.2f} seconds", limit.count()));
}

FunctionError runtime_exited(std::string_view request_id, int wait_status) {
  std::string how = "Runtime exited without providing a reason";
  if (WIFSIGNALED(wait_status)) {
    how = "Runtime exited with error: signal: " + signal_name(WTERMSIG(wait_status));
  } else if (WEXITSTATUS(wait_status) != 0) {
    how = fmt::format("Runtime exited with error: exit status {}", WEXITSTATUS(wait_status));
  }
  return sandbox_error("Runtime.ExitError", request_id, how);
}

FunctionError out_of_memory(std::string_view request_id) {
  return sandbox_error("Runtime.OutOfMemory", request_id,
                       "Runtime exited with error: signal: killed");
}

FunctionError not_started(std::string_view request_id, std::string_view reason) {
  return sandbox_error("Runtime.InvalidEntrypoint", request_id, reason);
}

FunctionError response_too_large() {
  return function_error(
      "Function.ResponseSizeTooLarge",
      fmt::format("Response payload size exceeded maximum allowed payload size ({} bytes).",
                  kMaxResponseBytes));
}

FunctionError streaming_refused() {
  return function_error(
      "StepConf.StreamingUnsupported",
      "the runtime streams its response, which the local platform does not support: "
      "answer with one buffered response");
}

FunctionError reported_error(std::string body, std::string_view header_type) {
  FunctionError error;
  const Json document = Json::parse(body, nullptr, false);
  const auto text = [&document](const char* name) {
    if (!document.is_object() || !document.contains(name) || !document[name].is_string()) {
      return std::string();
    }
    return document[name].get<std::string>();
  };
  error.type = text("errorType");
  error.message = text("errorMessage");
  if (error.type.empty()) error.type = header_type.empty() ? "Unhandled" : std::string(header_type);
  if (!document.is_object()) {
    error.message = body;
    error.document = dump(Json{{"errorType", error.type}, {"errorMessage", body}});
  } else {
    error.document = std::move(body);
  }
  return error;
}

}  // namespace stepconf::platform
