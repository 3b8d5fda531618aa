#include "stepconf/solver/dag_solver.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "stepconf/solver/branch_and_bound.h"
#include "stepconf/solver/contraction.h"

namespace stepconf::solver {
namespace {

// What problem.h forgives of limits in cost.
constexpr double kShare = 1e-12;
// Relative width of the interval of times from which on steps are taken downwards.
constexpr double kClose = 1e-6;
// A point of the frontier is searched no longer than this, so that all of them come soon.
constexpr std::int64_t kNodesPerPoint = 2000;

class DagSolver final : public Solver {
 public:
  DagSolver(const Problem& problem, const SolverOptions& options)
      : problem_(problem), options_(options), contraction_(problem) {
    const Problem& core = contraction_.core();
    LocalSearch local(core);
    fastest_seconds_ = local.seconds(std::vector<int>(core.options.size(), 0));
    for (const std::vector<Point>& points : core.options)
      cheapest_.push_back(static_cast<int>(points.size()) - 1);
    cheapest_usd_ = local.usd(cheapest_);
    cheapest_seconds_ = local.seconds(cheapest_);
  }

  Solution cheapest_within(double seconds) override {
    const bool feasible = fastest_seconds_ <= seconds + kMoment;
    const Found found = search({.limit = (feasible ? seconds : fastest_seconds_) + kMoment});
    Solution solution;
    solution.best = whole(found.options);
    solution.feasible = feasible;
    // That nothing keeps the limit is certain.
    solution.proved = found.complete || !feasible;
    solution.lower_bound = solution.best.total.usd;
    if (!solution.proved) solution.lower_bound = std::min(found.lower_bound, solution.lower_bound);
    return solution;
  }

  Solution fastest_within(double usd) override {
    const double budget = usd * (1 + kShare);
    Solution solution;
    if (cheapest_usd_ > budget) {
      solution.best = whole(cheapest_);
      solution.lower_bound = solution.best.total.seconds;
      solution.proved = true;
      return solution;
    }
    // Nothing that takes at most `low` is within the budget, save perhaps at `low` itself at first;
    // `options`, which take `high`, are.
    std::vector<int> options = cheapest_;
    double high = cheapest_seconds_;
    double low = std::min(least_seconds(budget), high);
    const auto decide = [&](double limit) {
      Search decision{.limit = limit, .at_most = budget, .first_found = true};
      const Found found = search(decision);
      if (!found.options.empty()) {
        options = found.options;
        high = found.total.seconds;
      } else if (found.complete) {
        low = limit;
      }
      return found.complete;
    };
    bool certain = true;
    while (certain && high - low > kClose * high) certain = decide(low + 0.5 * (high - low));
    // Then down from one found to the next, until nothing shorter is there.
    while (certain && low < high - 2 * kMoment) certain = decide(high - 2 * kMoment);
    const Found cheapest = search({.limit = high, .at_most = budget});
    if (!cheapest.options.empty()) options = cheapest.options;
    solution.best = whole(options);
    solution.feasible = true;
    solution.proved = certain;
    solution.lower_bound = certain ? solution.best.total.seconds : low;
    return solution;
  }

  FrontierList frontier(int points) override {
    std::vector<Searched> found;
    FrontierList list;
    list.complete = walk(points, found);
    if (!list.complete) found = selection(points);
    std::sort(found.begin(), found.end(), [](const Searched& a, const Searched& b) {
      return std::pair(a.point.seconds, a.point.usd) < std::pair(b.point.seconds, b.point.usd);
    });
    for (const Searched& next : found) {
      if (!list.points.empty() && next.point.usd >= list.points.back().usd) continue;
      list.points.push_back(next.point);
      list.excess = std::max(list.excess, next.excess);
    }
    list.out_of_time = !list.complete && options_.out_of_time();
    return list;
  }

 private:
  Found search(Search what) const {
    what.out_of_time = options_.out_of_time;
    return branch_and_bound(contraction_.core(), what);
  }

  // A point of the frontier, or near it: see FrontierList::excess.
  struct Searched {
    Point point;
    double excess = 0;
  };

  Searched searched(const Found& found) const {
    const Point point = whole(found.options).total;
    const double least = std::max(0.0, found.lower_bound);
    if (found.complete || point.usd <= least) return {point};
    // Infinite where nothing is known.
    return {point, point.usd / least - 1};
  }

  // From the cheapest plan on, each time the cheapest that is faster. False where that are more
  // than `most`, or a search was ended.
  bool walk(int most, std::vector<Searched>& found) const {
    for (double limit = cheapest_seconds_ + kMoment; limit >= fastest_seconds_;
         limit = found.back().point.seconds - kMoment) {
      if (static_cast<int>(found.size()) == most) return false;
      const Found next = search({.limit = limit, .most_nodes = kNodesPerPoint});
      if (!next.complete) return false;
      found.push_back(searched(next));
    }
    return true;
  }

  // The cheapest within times spaced evenly on a logarithmic scale: the curve is steep where it is
  // fast.
  std::vector<Searched> selection(int points) const {
    std::vector<Searched> found;
    for (int i = 0; i < points; ++i) {
      const double share = points == 1 ? 0 : static_cast<double>(i) / (points - 1);
      const double limit =
          fastest_seconds_ > 0
              ? fastest_seconds_ * std::pow(cheapest_seconds_ / fastest_seconds_, share)
              : share * cheapest_seconds_;
      found.push_back(searched(search({.limit = limit + kMoment, .most_nodes = kNodesPerPoint})));
    }
    return found;
  }

  Assignment whole(const std::vector<int>& core_options) const {
    return evaluate(problem_, contraction_.expand(core_options));
  }

  // The time in which the relaxed problem has `usd` spent: where the tangents of its convex curve
  // lead, from the fastest on.
  double least_seconds(double usd) const {
    Relaxation relaxation(contraction_.core());
    double limit = fastest_seconds_ + kMoment;
    while (true) {
      relaxation.set_limit(limit);
      const double next = relaxation.time_bound(usd);
      if (next <= limit * (1 + kClose)) return limit - kMoment;
      limit = next;
    }
  }

  const Problem& problem_;
  SolverOptions options_;
  Contraction contraction_;
  std::vector<int> cheapest_;
  double fastest_seconds_ = 0, cheapest_seconds_ = 0, cheapest_usd_ = 0;
};

}  // namespace

std::unique_ptr<Solver> make_dag_solver(const Problem& problem, const SolverOptions& options) {
  return std::make_unique<DagSolver>(problem, options);
}

}  // namespace stepconf::solver
