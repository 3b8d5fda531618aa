// The whole frontier of a workflow has a point for every limit, and a question asks for one. So the
// question is first answered with options mixed at will (a convex problem, which the hulls of the
// sub-trees solve at once), then with the options as they are, where the mixed answer says what is
// out of the question: a point of a sub-tree's curve is of no use if it and the least that the rest
// could cost beside it come to more than a solution at hand. On the way to the exact answer, passes
// with curves thinned to a few points find better solutions, which make the next pass cheaper.
#include "stepconf/solver/tree_solver.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "stepconf/solver/binary_tree.h"
#include "stepconf/solver/curve.h"
#include "stepconf/solver/hull.h"

namespace stepconf::solver {
namespace {

// Forgiven in limits, and in comparisons of sums of costs that were added up in another order.
constexpr double kRoundingSeconds = 1e-9;
constexpr double kRoundingUsd = 1e-12;

// How much a pass simplifies: curves of more points than this are thinned to about as many. Beyond
// the last number even an exact pass thins: hundreds of steps stay far below, and the largest sum
// of two curves within a gigabyte.
constexpr std::array kRoughPasses = {24, 240};
constexpr int kMostPoints = 5000;
// Shorter curves are not worth thinning.
constexpr int kFew = 16;
// What a frontier goes on with when time is out: sums of two such curves take some 50 ms.
constexpr int kFewInTime = 1000;

// By what factor the costs of neighbours must differ for `curve` to have about `points` points.
double tolerance_for(const Curve& curve, int points) {
  const double range = curve.usd.front() / std::max(curve.usd.back(), 1e-300);
  return std::expm1(std::log(range) / points);
}

// By which factor points may cost more than those that were left out for them.
double thin_to(Curve& curve, int points) {
  if (curve.size() <= points) return 1;
  const double tolerance = tolerance_for(curve, points);
  return thin(curve, tolerance) ? 1 + tolerance : 1;
}

class TreeSolver final : public Solver {
 public:
  TreeSolver(const Problem& problem, const workflow::SeriesParallelTree& tree,
             const SolverOptions& options)
      : problem_(problem), options_(options), tree_(binary_tree(tree)) {
    std::vector<int> depths;
    for (const BinaryTree::Node& node : tree_.nodes) {
      depths.push_back(node.is_leaf() ? 0 : 1 + std::max(depths[node.first], depths[node.second]));
      if (node.is_leaf()) {
        leaves_.push_back(curve_of(problem.options[node.step]));
        hulls_.push_back(hull_of(leaves_.back()));
      } else {
        leaves_.emplace_back();
        hulls_.push_back(node.series ? in_series(hulls_[node.first], hulls_[node.second])
                                     : in_parallel(hulls_[node.first], hulls_[node.second]));
      }
    }
    depth_ = std::max(1, depths.back());
  }

  Solution cheapest_within(double seconds) override {
    const double fastest = hulls_.back().vertices.front().seconds;
    if (fastest > seconds + kRoundingSeconds) {
      Solution solution = search(fastest + kRoundingSeconds);
      solution.feasible = false;
      return solution;
    }
    // No more than the cheapest assignment takes: larger limits are alike.
    const double slowest = hulls_.back().vertices.back().seconds;
    return search(std::min(seconds, slowest) + kRoundingSeconds);
  }

  // The cost of the cheapest assignment falls as the limit grows: the least limit at which it keeps
  // the budget is found by halving. What the relaxation takes is a bound from below to start with.
  Solution fastest_within(double usd) override {
    const double most = usd * (1 + kRoundingUsd);
    Solution cheapest = cheapest_within(hulls_.back().vertices.back().seconds);
    if (cheapest.best.total.usd > most) {
      cheapest.feasible = false;
      cheapest.lower_bound = cheapest.best.total.seconds;
      return cheapest;
    }
    double below = hulls_.back().vertices.front().seconds;
    Solution best = cheapest_within(below);
    if (best.best.total.usd <= most) return with_bound(std::move(best), below);
    best = std::move(cheapest);
    bool proved = best.proved;
    while (best.best.total.seconds - below > kRoundingSeconds) {
      const double middle = below + (best.best.total.seconds - below) / 2;
      // Halving ends where no number lies between the two.
      if (middle <= below || middle >= best.best.total.seconds) break;
      // Without the rounding that is forgiven elsewhere, or halving would find the same again.
      Solution tried = search(middle);
      proved = proved && tried.proved;
      if (tried.best.total.usd <= most) {
        best = std::move(tried);
      } else {
        below = middle;
      }
    }
    best.proved = proved;
    const double bound = proved ? best.best.total.seconds : below;
    return with_bound(std::move(best), bound);
  }

  FrontierList frontier(int) override {
    FrontierList list;
    std::vector<Curve> curves;
    // By node: the factor by which a point may cost more than the one that was left out for it.
    std::vector<double> factors;
    for (int i = 0; i < tree_.size(); ++i) {
      const BinaryTree::Node& node = tree_.nodes[i];
      factors.push_back(node.is_leaf() ? 1 : std::max(factors[node.first], factors[node.second]));
      if (!node.is_leaf() && options_.out_of_time()) {
        const double first = thin_to(curves[node.first], kFewInTime);
        const double second = thin_to(curves[node.second], kFewInTime);
        list.out_of_time |= first > 1 || second > 1;
        factors[i] = std::max(first * factors[node.first], second * factors[node.second]);
      }
      curves.push_back(node.is_leaf() ? leaves_[i]
                       : node.series  ? in_series(curves[node.first], curves[node.second])
                                      : in_parallel(curves[node.first], curves[node.second]));
      // Thinned in every node on the way to the root, so that the errors multiply to epsilon.
      if (options_.epsilon > 0 && !node.is_leaf()) {
        const double share = std::pow(1 + options_.epsilon, 1.0 / depth_) - 1;
        if (thin(curves.back(), share)) factors[i] *= 1 + share;
      }
    }
    list.complete = factors.back() == 1;
    list.excess = factors.back() - 1;
    for (int i = 0; i < curves.back().size(); ++i) list.points.push_back(curves.back().point(i));
    return list;
  }

 private:
  static Solution with_bound(Solution solution, double lower_bound) {
    solution.feasible = true;
    solution.lower_bound = lower_bound;
    return solution;
  }

  Solution search(double limit) {
    surround(limit);
    Solution solution;
    solution.feasible = true;
    solution.lower_bound = hulls_.back().at(limit);
    solution.best = rounded(limit);
    for (const int most_points : kRoughPasses) {
      if (certify(solution, improve(solution.best, limit, most_points, 0)) ||
          options_.out_of_time()) {
        return solution;
      }
    }
    certify(solution, improve(solution.best, limit, kMostPoints, options_.epsilon));
    return solution;
  }

  // Takes over what a pass has shown: that its result costs at most 1 + `loss` times the least.
  // Whether that is good enough.
  bool certify(Solution& solution, double loss) const {
    const double usd = solution.best.total.usd;
    solution.lower_bound = std::max(solution.lower_bound, usd / (1 + loss));
    solution.proved = usd <= solution.lower_bound * (1 + kRoundingUsd);
    return solution.proved || usd <= solution.lower_bound * (1 + options_.epsilon);
  }

  // What the rest costs at least, for each node.
  void surround(double limit) {
    surroundings_.assign(tree_.size(), Surroundings(limit));
    for (int i = tree_.size() - 1; i >= 0; --i) {
      const BinaryTree::Node& node = tree_.nodes[i];
      if (node.is_leaf()) continue;
      const auto beside = [&](int sibling) {
        return node.series ? surroundings_[i].beside_in_series(hulls_[sibling])
                           : surroundings_[i].beside_in_parallel(hulls_[sibling]);
      };
      surroundings_[node.first] = beside(node.second);
      surroundings_[node.second] = beside(node.first);
      // Or each would be as long as the whole workflow's hull.
      surroundings_[node.first].narrow(hulls_[node.first]);
      surroundings_[node.second].narrow(hulls_[node.second]);
    }
  }

  // Shares the limit out as the relaxation would, part by part; what options leave over of a part's
  // time goes to what comes after it.
  Assignment rounded(double limit) const {
    std::vector<int> options(problem_.options.size(), 0);
    allot(tree_.size() - 1, limit, options);
    return evaluate(problem_, std::move(options));
  }

  // Returns the time that the node really takes.
  double allot(int index, double seconds, std::vector<int>& options) const {
    const BinaryTree::Node& node = tree_.nodes[index];
    if (node.is_leaf()) {
      const int chosen = std::max(0, leaves_[index].cheapest_within(seconds));
      options[node.step] = chosen;
      return leaves_[index].seconds[chosen];
    }
    if (!node.series) {
      const double first = allot(node.first, seconds, options);
      return std::max(first, allot(node.second, seconds, options));
    }
    const Hull& behind = hulls_[node.second];
    const double best =
        Surroundings(seconds).beside_in_series(behind).best_time(hulls_[node.first]);
    const double first = allot(node.first, best, options);
    return first + allot(node.second, seconds - first, options);
  }

  // Looks for something cheaper than `best`, or as cheap and shorter, with curves of at most about
  // `most_points` points; `tolerance` is what may be lost by leaving out more of them. Returns what
  // may have been lost, at most: `best` then costs at most 1 + that times the least.
  double improve(Assignment& best, double limit, int most_points, double tolerance) const {
    const double share = std::expm1(std::log1p(tolerance) / depth_);
    // By node: the factor by which a point may cost more than the one that was left out for it.
    std::vector<double> factors(tree_.size(), 1);
    std::vector<Curve> curves(tree_.size());
    for (int i = 0; i < tree_.size(); ++i) {
      const BinaryTree::Node& node = tree_.nodes[i];
      Bound bound(surroundings_[i], best.total.usd * (1 + kRoundingUsd));
      Curve& curve = curves[i];
      if (node.is_leaf()) {
        curve = within(leaves_[i], bound);
      } else {
        curve = node.series ? in_series(curves[node.first], curves[node.second], &bound)
                            : in_parallel(curves[node.first], curves[node.second], &bound);
      }
      if (!node.is_leaf()) factors[i] = std::max(factors[node.first], factors[node.second]);
      // Nothing is left that could be cheaper than `best`.
      if (curve.size() == 0) return std::ranges::max(factors) - 1;
      double thinning = share;
      if (curve.size() > most_points)
        thinning = std::max(thinning, tolerance_for(curve, most_points));
      if (thinning > 0 && curve.size() > kFew && thin(curve, thinning)) factors[i] *= 1 + thinning;
    }
    const double loss = std::ranges::max(factors) - 1;
    const Curve& whole = curves.back();
    const int chosen = whole.cheapest_within(limit);
    if (chosen < 0) return loss;
    std::vector<int> options(problem_.options.size(), 0);
    trace(curves, tree_.size() - 1, chosen, options);
    Assignment found = evaluate(problem_, std::move(options));
    if (std::pair(found.total.usd, found.total.seconds) <
        std::pair(best.total.usd, best.total.seconds)) {
      best = std::move(found);
    }
    return loss;
  }

  // The options of a step that may be part of an answer; origins name the option.
  static Curve within(const Curve& options, Bound& bound) {
    Curve curve;
    bound.restart();
    for (int i = 0; i < options.size(); ++i) {
      if (!bound.keeps(options.seconds[i], options.usd[i])) continue;
      curve.seconds.push_back(options.seconds[i]);
      curve.usd.push_back(options.usd[i]);
      curve.origins.push_back({i, 0});
    }
    return curve;
  }

  void trace(const std::vector<Curve>& curves, int index, int point,
             std::vector<int>& options) const {
    const BinaryTree::Node& node = tree_.nodes[index];
    const Origin origin = curves[index].origins[point];
    if (node.is_leaf()) {
      options[node.step] = origin.first;
      return;
    }
    trace(curves, node.first, origin.first, options);
    trace(curves, node.second, origin.second, options);
  }

  const Problem& problem_;
  SolverOptions options_;
  BinaryTree tree_;
  // By node; a curve for leaves only.
  std::vector<Curve> leaves_;
  std::vector<Hull> hulls_;
  std::vector<Surroundings> surroundings_;
  int depth_ = 1;
};

}  // namespace

std::unique_ptr<Solver> make_tree_solver(const Problem& problem,
                                         const workflow::SeriesParallelTree& tree,
                                         const SolverOptions& options) {
  return std::make_unique<TreeSolver>(problem, tree, options);
}

}  // namespace stepconf::solver
