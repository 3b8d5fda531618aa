#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/platform/local/function_error.h"
#include "stepconf/platform/platform.h"

namespace stepconf::platform {

// What Lambda itself writes into a function's log around each invocation, in its words
// (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html).

/// "START RequestId: ID Version: $LATEST".
std::string start_line(std::string_view request_id, std::string_view version);

/// A call that has ended.
struct CallReport {
  std::string request_id;
  std::string version;
  MemoryMb memory;
  Completion completion;
  std::optional<FunctionError> error;
  /// False: the sandbox failed in INIT, so the event never reached the function.
  bool delivered = true;
};

/// Gives what follows the function's own lines: how it failed where its sandbox did, END, and
/// REPORT with its duration, billed duration and memory, fields separated by tabs. Where the event
/// was not delivered, INIT_REPORT and START come first. `now` is the time as Lambda writes it:
/// "2026-11-23T18:05:22.123Z".
std::vector<std::string> closing_lines(const CallReport& call, std::string_view now);

}  // namespace stepconf::platform
