#include "stepconf/platform/local/call_log.h"

#include <fmt/format.h>

#include <algorithm>

namespace stepconf::platform {

namespace {

double milliseconds_of(Seconds duration) { return duration.count() * 1e3; }

// A handler that reports its own error has ended well as far as its sandbox is concerned.
bool sandbox_failed(const CallReport& call) {
  return call.error && call.error->of != FunctionError::Of::handler;
}

std::string status_fields(const CallReport& call) {
  if (!sandbox_failed(call)) return "";
  if (call.error->type == kTimedOut) return "Status: timeout";
  return "Status: error\tError Type: " + call.error->type;
}

std::string report_line(const CallReport& call) {
  const Completion& completion = call.completion;
  std::string line = fmt::format(
      "REPORT RequestId: {}\tDuration: {:.2f} ms\tBilled Duration: {:.0f} ms\tMemory Size: {} MB\t"
      "Max Memory Used: {} MB\t",
      call.request_id, milliseconds_of(completion.ended - completion.started),
      milliseconds_of(completion.billed), call.memory.value,
      std::min(completion.max_memory_mb, call.memory.value));
  if (completion.cold)
    line += fmt::format("Init Duration: {:.2f} ms\t", milliseconds_of(completion.init));
  return line + status_fields(call);
}

}  // namespace

std::string start_line(std::string_view request_id, std::string_view version) {
  return fmt::format("START RequestId: {} Version: {}", request_id, version);
}

std::vector<std::string> closing_lines(const CallReport& call, std::string_view now) {
  std::vector<std::string> lines;
  if (!call.delivered) {
    lines.push_back(fmt::format("INIT_REPORT Init Duration: {:.2f} ms\tPhase: init\t{}",
                                milliseconds_of(call.completion.init), status_fields(call)));
    lines.push_back(start_line(call.request_id, call.version));
  }
  if (sandbox_failed(call)) {
    // A time-out is told by time and id, in the words that follow "Error: " elsewhere.
    constexpr std::string_view kError = "Error: ";
    const std::string& message = call.error->message;
    const auto words = message.find(kError);
    if (call.error->type == kTimedOut && words != std::string::npos) {
      lines.push_back(
          fmt::format("{} {} {}", now, call.request_id, message.substr(words + kError.size())));
    } else {
      lines.push_back(message);
      lines.push_back(call.error->type);
    }
  }
  lines.push_back("END RequestId: " + call.request_id);
  lines.push_back(report_line(call));
  return lines;
}

}  // namespace stepconf::platform
