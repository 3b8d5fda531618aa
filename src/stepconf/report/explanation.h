#pragma once

#include <optional>
#include <string>

#include "stepconf/optimizer/strategy.h"

namespace stepconf::report {

/// What a decision was made on, beside the step's options.
struct Situation {
  std::string step;
  int jobs = 1;
  /// Since the execution's start.
  Seconds now{0};
  /// Absent without one.
  std::optional<Seconds> slo;
};

/// Explains one decision in a few lines of at most 100 characters: the time left and the step's
/// share of it, what bound the choice, the choice, the next cheaper option, and what that one would
/// have risked. What the strategy does not know is left out. Each line begins with `indent` and
/// ends in a line break.
std::string explanation(const Situation& situation, const optimizer::Decision& decision,
                        const std::string& indent = "");

}  // namespace stepconf::report
