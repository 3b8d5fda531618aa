#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stepconf/base/units.h"

namespace stepconf::platform {

/// What Lambda says of an invocation in its log, in the line that begins with "REPORT RequestId:",
/// or in JSON's "platform.report"
/// (https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html and
/// https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html).
struct InvocationReport {
  std::string request_id{};
  /// In the function, without INIT.
  Seconds duration{0};
  /// What is paid for.
  Seconds billed{0};
  /// Of a new sandbox: INIT, or restoring a snapshot. Absent for a warm one.
  std::optional<Seconds> init{};
  /// 0 where it is not said.
  int memory_mb = 0;
  int max_memory_mb = 0;
  /// "timeout", "error", ... and the error's type; empty where it is not said.
  std::string status{};
  std::string error_type{};

  bool operator==(const InvocationReport&) const = default;
};

/// Reads one line of a log. Absent where it is no report, or a figure in it cannot be: lines are
/// bytes from outside. A report has at least a request, a duration and what is billed.
std::optional<InvocationReport> parse_report(std::string_view line);

/// Finds the last report in a log, the tail of which Lambda gives. What a function itself writes
/// stands before it.
std::optional<InvocationReport> last_report(std::string_view log);

}  // namespace stepconf::platform
