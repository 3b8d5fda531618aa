#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stepconf/executor/step_record.h"

namespace stepconf::executor {

/// One line of a trace file.
struct TraceLine {
  /// Its number, from 1.
  int number = 0;
  /// `function` is empty where the line does not tell it, as lines written before it had that
  /// member.
  StepRecord record;
};

/// Reads a trace (docs/formats.md, The trace): what `run --trace` wrote, perhaps on another machine
/// and by another version. Empty lines are skipped and unknown members ignored; where `cost_usd`,
/// `reason` or what was predicted is absent, the default of StepRecord stands. A line without
/// `step` tells of `choices` alone (StepRecord). Throws InvalidInput
/// "SOURCE:LINE: PATH ..." at the first fault.
std::vector<TraceLine> parse_trace(std::string_view text, const std::string& source);

}  // namespace stepconf::executor
