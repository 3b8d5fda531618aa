#pragma once

#include <span>
#include <vector>

#include "stepconf/estimator/duration_model.h"
#include "stepconf/estimator/sample.h"

namespace stepconf::estimator {

/// The samples of one load.
struct MeasuredLoad {
  /// With the robust mean that a fit aims at.
  Observation observation;
  /// The weighted mean, against which errors are told.
  double mean_seconds = 0;
  /// Variance of the robust mean's logarithm, from the noise of all loads together: in proportion,
  /// and so many seconds.
  double noise = 0;
  std::vector<double> seconds;
  /// How much each counts beside the others.
  std::vector<double> weights;
};

/// Groups the rows of one function that tell how long it takes by load, in ascending order: rows
/// that are ok, warm ones where there is any.
std::vector<MeasuredLoad> measured_loads(std::span<const Sample* const> samples);

/// Leaves of many loads about `most`, spread over all of them: what is quadratic or cubic in loads
/// then takes no longer than with few.
std::vector<MeasuredLoad> thinned(std::span<const MeasuredLoad> loads, std::size_t most = 50);

/// Keeps relative errors finite where a duration is 0, in seconds: half of the millisecond to which
/// platforms report.
inline constexpr double kSmallestSeconds = 0.0005;

/// What the logarithm of every mean is uncertain by, as a variance, however often it was measured:
/// keeps equations well-conditioned.
inline constexpr double kLeastNoise = 0.003 * 0.003;

}  // namespace stepconf::estimator
