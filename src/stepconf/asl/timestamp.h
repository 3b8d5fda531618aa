#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace stepconf::asl {

/// A moment of wall-clock time.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// Reads an RFC 3339 timestamp as Step Functions takes it, capital T and Z: "2016-08-18T17:33:00Z",
/// "2016-08-18T17:33:00.250+02:00". Absent where the text is anything else. Digits beyond
/// milliseconds are cut off.
std::optional<Timestamp> parse_timestamp(std::string_view text);

/// Writes "2016-08-18T17:33:00.250Z", the form of the context object.
std::string format_timestamp(Timestamp time);

}  // namespace stepconf::asl
