#pragma once

#include <span>
#include <vector>

#include "stepconf/base/units.h"
#include "stepconf/estimator/sample.h"

namespace stepconf::estimator {

/// Samples that were taken together, by one execution of a workflow or by one profiling, and so
/// share the state that the platform was in.
struct Session {
  /// When: counted from a moment that is the same for all.
  Seconds at{0};
  std::vector<Sample> samples;
};

/// Gives those of `sessions`, which are in order of time, that took place at `earliest` or later.
std::span<const Session> since(std::span<const Session> sessions, Seconds earliest);

}  // namespace stepconf::estimator
