#pragma once

#include <array>
#include <vector>

#include "stepconf/workflow/series_parallel.h"

namespace stepconf::percentile {

/// A duration's distribution is cut into bins of these probabilities, finer where it is longer:
/// what decides whether a run ends in time happens in the tail.
inline constexpr int kBins = 10;
inline constexpr std::array<double, kBins> kBinProbabilities = {.10, .20, .20, .20,  .14,
                                                                .08, .04, .02, .012, .008};
/// Each bin is cut again into equal parts, which rehearsals draw from.
inline constexpr int kPartsPerBin = 4;
inline constexpr int kParts = kBins * kPartsPerBin;

/// Gives the probability in the middle of each part, ascending: the quantiles there are an
/// Alternative's `parts`.
std::array<double, kParts> part_probabilities();

/// One way to run a step: how long the whole step takes, from the best luck to the worst, and what
/// it costs on average.
struct Alternative {
  /// By part: the duration there, seconds, not negative.
  std::array<float, kParts> parts{};
  /// USD, not negative.
  double usd = 0;

  /// Gives the conditional mean of bin `bin`, seconds.
  double seconds(int bin) const;
  /// Gives the mean over all bins, seconds.
  double mean_seconds() const;
};

/// Makes an alternative that always takes `seconds`.
Alternative certain(double seconds, double usd = 0);

/// Finds the alternatives worth keeping: those for which no other costs no more and is no slower in
/// any bin (of equal ones the first stays). Indices into `alternatives`, dearest first. O(n^2).
std::vector<int> worth_keeping(const std::vector<Alternative>& alternatives);

/// A workflow whose steps are to be configured so that it ends within `slo` in a share of runs.
struct Problem {
  workflow::SeriesParallelTree tree;
  /// By step: the ways to run it, at most 255. A step that offers no choice has one; a step that
  /// runs nothing has none, and takes no time.
  std::vector<std::vector<Alternative>> alternatives;
  /// Seconds, more than 0.
  double slo = 0;
};

}  // namespace stepconf::percentile
