#pragma once

#include <cstdint>
#include <vector>

#include "stepconf/solver/hull.h"
#include "stepconf/solver/problem.h"

namespace stepconf::solver {

/// Where a point of a combined curve comes from: a point of each of the two curves.
struct Origin {
  std::int32_t first = 0;
  std::int32_t second = 0;
};

/// The Pareto curve of a part of a workflow: seconds ascend, usd descend, both strictly. Kept by
/// column, since merging reads all seconds before any origin.
struct Curve {
  std::vector<double> seconds, usd;
  /// One a point; meaningless for a single step's options.
  std::vector<Origin> origins;

  int size() const { return static_cast<int>(seconds.size()); }
  Point point(int i) const { return {seconds[i], usd[i]}; }
  /// Finds the cheapest point that takes at most `limit`: its index, -1 where none does. O(log n).
  int cheapest_within(double limit) const;
};

/// Gives the curve of a step's options.
Curve curve_of(const std::vector<Point>& options);

/// Combines two parts of which the second starts when the first has ended: the Pareto curve of all
/// sums. O(n m log min(n, m)) at worst; sums that are dominated drop out on the way, and so
/// do those that `bound` refuses.
Curve in_series(const Curve& first, const Curve& second, Bound* bound = nullptr);

/// Combines two parts that run side by side: the longer time, the sum of costs. O(n + m).
Curve in_parallel(const Curve& first, const Curve& second, Bound* bound = nullptr);

/// Drops points so that each that is gone has one left that takes no longer and costs at most 1 +
/// `tolerance` times as much; the last, cheapest one may go too. Tells whether any is gone. O(n).
bool thin(Curve& curve, double tolerance);

}  // namespace stepconf::solver
