#pragma once

#include <optional>

#include "stepconf/base/units.h"

namespace stepconf::estimator {

/// The shape of a factor's distribution.
enum class Tail {
  lognormal,
  /// Student's t with three degrees of freedom: a tail that falls off with the third power.
  t3,
};

/// A factor of mean 1 on each instance's duration.
struct Fluctuation {
  /// Coefficient of variation, 0 or more.
  double cv = 0;
  Tail tail = Tail::lognormal;
};

/// Instances that take far longer, for no reason that can be known: each with `probability` is
/// slowed down by a factor drawn evenly from `least` to `greatest`.
struct Outliers {
  double probability = 0;
  double least = 1.5, greatest = 3;
};

/// Sandboxes that have to be made: each instance waits with `probability` for a time drawn evenly
/// from `least` to `greatest` before it starts. The time is billed like INIT.
struct ColdStarts {
  double probability = 0;
  Seconds least{0}, greatest{0};
};

/// The mapping delays of an orchestrator, in place of those of the models.
struct DispatchDelays {
  /// Of iteration `position` (from 1) of a Map of `together`.
  Seconds (*map)(int position, int together) = nullptr;
  /// Of a Task.
  Seconds task{0};
};

/// What is taken for the scatter of durations instead of what the models say, and beside it.
struct Noise {
  /// Replaces the models' own spread; absent: that.
  std::optional<Fluctuation> fluctuation{};
  Outliers outliers{};
  ColdStarts cold{};
  /// Absent: the models' own delays. Tables, whose rows are a step's totals, have none either way.
  std::optional<DispatchDelays> dispatch{};
  /// Chance that an instance fails. It is noticed at the end of its duration; the instance then
  /// runs once more, and succeeds. Both attempts are billed, and the retry's transition.
  double failures = 0;
};

}  // namespace stepconf::estimator
