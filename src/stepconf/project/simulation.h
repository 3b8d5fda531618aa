#pragma once

#include <optional>

#include "stepconf/base/units.h"
#include "stepconf/estimator/noise.h"

namespace stepconf::project {

class YamlValue;

/// What `simulation` and, under it, `planned_with` say of durations.
struct Scatter {
  /// Without `dispatch`.
  estimator::Noise noise{};
  /// Whether `dispatch` is step-functions: measured mapping delays in place of the models'.
  bool step_functions = false;
};

/// `simulation`.
struct Simulation {
  /// What is true; the strategies believe it too where `belief` is absent.
  Scatter truth{};
  /// `planned_with`: the truth, with what stands there in its place.
  std::optional<Scatter> belief{};
  std::optional<Seconds> keep_alive{};
  std::optional<int> concurrency{};
  std::optional<Seconds> every{};
  /// `decisions: charged`.
  bool decisions_charged = false;
};

/// Reads the value of `simulation`. Throws InvalidInput "FILE:LINE: FIELD: ..." for what is out of
/// range, has the wrong type or is not known.
Simulation read_simulation(const YamlValue& value);

}  // namespace stepconf::project
