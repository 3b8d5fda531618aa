#pragma once

#include <utility>
#include <vector>

#include "stepconf/solver/problem.h"

namespace stepconf::solver {

struct Curve;

/// A convex, not increasing function of time, piecewise linear: the least cost of a part of a
/// workflow within a time, where options may be mixed. Before its first vertex nothing is possible;
/// behind its last it stays as it is.
struct Hull {
  /// seconds ascend, usd descend, both strictly; slopes rise.
  std::vector<Point> vertices;

  /// Gives the least cost within `seconds`; infinite before the first vertex. O(log n).
  double at(double seconds) const;
};

/// Gives the lower convex hull of a curve, which is not empty. O(n).
Hull hull_of(const Curve& curve);

/// Gives the hull of two parts one after another: the steepest savings first. O(n + m).
Hull in_series(const Hull& first, const Hull& second);

/// Gives the hull of two parts side by side. O(n + m).
Hull in_parallel(const Hull& first, const Hull& second);

/// What all the rest of a workflow costs at least, mixing allowed, as a function of the time that
/// one part takes: it grows with that time. Kept as the hull over the negative of the time, so that
/// it combines as parts do.
class Surroundings {
 public:
  /// The surroundings of the whole workflow: nothing, as long as `limit` is kept.
  explicit Surroundings(double limit) : hull_({{{-limit, 0}}}) {}

  /// Gives the cost of the rest where the part takes `seconds`; infinite where that is too long.
  double at(double seconds) const { return hull_.at(-seconds); }

  /// Gives the surroundings of a part that has `sibling` before or behind it.
  Surroundings beside_in_series(const Hull& sibling) const;
  /// Gives the surroundings of a part that runs side by side with `sibling`.
  Surroundings beside_in_parallel(const Hull& sibling) const;
  /// Forgets what holds only for times that `part`, whose surroundings these are, cannot take.
  /// O(n).
  void narrow(const Hull& part);
  /// Gives how long the part should take where it costs what `part` says: the best split.
  double best_time(const Hull& part) const;

 private:
  friend class Bound;
  explicit Surroundings(Hull hull) : hull_(std::move(hull)) {}

  Hull hull_;
};

/// Tells which points of a part can belong to a whole that costs at most so much. `surroundings`
/// must outlive it.
class Bound {
 public:
  Bound(const Surroundings& surroundings, double most_usd)
      : vertices_(surroundings.hull_.vertices), most_usd_(most_usd) {}

  /// Must be called before each run of points with ascending seconds.
  void restart() { next_ = vertices_.size(); }
  /// O(1) in the mean over a run.
  bool keeps(double seconds, double usd);

 private:
  const std::vector<Point>& vertices_;
  double most_usd_;
  // The first vertex behind the negative of the seconds asked last.
  std::size_t next_ = 0;
};

}  // namespace stepconf::solver
