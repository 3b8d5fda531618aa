#pragma once

#include <optional>

#include "stepconf/base/units.h"

namespace stepconf::estimator {

/// How long after a step's beginning the last of its instances is ready, the paper's t_map(p): a
/// line, and beyond the knee a parabola on top. All terms are 0 or more. The default is no delay.
struct MappingDelay {
  double base_s = 0;
  double slope_s = 0;
  /// Number of instances up to which the line holds; absent where no bend was seen.
  std::optional<int> knee;
  double ramp1_s = 0;
  double ramp2_s = 0;

  bool operator==(const MappingDelay&) const = default;

  /// base + slope p, for p > knee also ramp1 (p - knee) + ramp2 (p - knee)^2.
  Seconds at(int instances) const;
};

}  // namespace stepconf::estimator
