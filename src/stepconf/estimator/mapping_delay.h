#pragma once

#include <optional>

#include "stepconf/base/units.h"

namespace stepconf::estimator {

/// How long after a step's beginning each of its instances is ready, the paper's t_map: a line
/// over the instance's place in the order of starts, and beyond a knee a parabola on top; where
/// more instances than the knee are asked for, each of these delays all of them. All terms are 0 or
/// more. The default is no delay.
struct MappingDelay {
  double base_s = 0;
  double slope_s = 0;
  /// Number of instances up to which the line holds; absent where no bend was seen.
  std::optional<int> knee{};
  double ramp1_s = 0;
  double ramp2_s = 0;
  double crowd_s = 0;
  /// What a sandbox that has to be made adds, INIT included.
  double cold_s = 0;
  /// Coefficient of variation of a delay around this curve.
  double cv = 0;

  bool operator==(const MappingDelay&) const = default;

  /// Gives the delay of the last of `instances`, the paper's t_map(p).
  Seconds at(int instances) const { return at(instances, instances); }
  /// Gives the delay of the instance in place `position` (from 1) of `instances`, warm:
  /// base + slope i, with x = i - knee > 0 also ramp1 x + ramp2 x^2, and with p > knee also
  /// crowd (p - knee).
  Seconds at(int position, int instances) const;

  /// Gives how many of `instances` compete for being the last to end, where their durations fall
  /// off with the scale `tail` (over 0): with exponential tails, the largest of shifted durations
  /// is distributed as that of sum(exp((delay_i - delay_p) / tail)) unshifted ones.
  double rivals(int instances, Seconds tail) const;
};

}  // namespace stepconf::estimator
