#pragma once

#include <span>
#include <vector>

#include "stepconf/percentile/grid.h"

namespace stepconf::percentile {

/// Reads `values` (ahead of a join, by time left to the parent's target) as the cost of joining
/// `late` seconds after the target at grid point `point`.
inline double cost_of_lateness(const Grid& grid, std::span<const float> values, int point,
                               double late) {
  return grid.read(values, grid.at(point) - late) - values[point];
}

/// Chooses at most `count` target times of a fork: points of the grid, ascending, spread evenly
/// over time and over the logarithm of `values`, so that they stand close where the cost ahead
/// changes fast. `floor` is a cost that is negligible. The first and the last point are among them.
std::vector<int> spread_targets(const Grid& grid, std::span<const float> values, double floor,
                                int count);

/// What tells costs of lateness apart.
struct LatenessScale {
  /// Mean duration of the longest branch at its fastest, the SLO, and what the branches cost at
  /// least.
  double fastest_seconds = 0, slo = 0, usd = 0;
};

/// Lists the 16 latenesses at which shapes are compared: near ones, and far ones, without which a
/// target with a cliff far beyond it is mistaken for one without.
std::vector<double> compared_latenesses(const LatenessScale& scale);

/// Weighs the logarithm of the cost of being `late` seconds late: what lies far beyond the branch's
/// own length counts less.
double compared_as(const LatenessScale& scale, double late, double usd);

/// Chooses at most `count` of `features` (each of `width` numbers, one after another) by farthest
/// point, and assigns each to the nearest chosen one; distance is the largest difference.
struct Classes {
  /// Index of the feature that stands for each class.
  std::vector<int> representatives;
  /// By feature.
  std::vector<int> class_of;
};
Classes classify(std::span<const double> features, int width, int count);

}  // namespace stepconf::percentile
