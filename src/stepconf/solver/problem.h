#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "stepconf/workflow/graph.h"
#include "stepconf/workflow/series_parallel.h"

namespace stepconf::solver {

/// What a step, or a part of a workflow, may take (seconds) and then costs (USD).
struct Point {
  double seconds = 0;
  double usd = 0;

  bool operator==(const Point&) const = default;
};

/// Problem FWCP (Eq. (6)) as numbers: of each step one option is to be taken, so that the longest
/// path stays within a limit and the sum of costs is least; or the other way round.
struct Problem {
  workflow::Graph graph;
  /// By step, at least one each: `seconds` ascend and `usd` descend, both strictly; finite and not
  /// negative. A step that offers no choice has one option.
  std::vector<std::vector<Point>> options;
};

/// One option taken for each step.
struct Assignment {
  /// By step: index into Problem::options.
  std::vector<int> options;
  /// The longest path, and the sum over all steps.
  Point total;

  bool operator==(const Assignment&) const = default;
};

/// Tells what `options` (by step, an index each) come to. O(V + E).
Assignment evaluate(const Problem& problem, std::vector<int> options);

struct SolverOptions {
  /// What the frontier of a series-parallel workflow may lose, relatively, by thinning: 0 keeps it
  /// exact. Every answer then costs at most 1 + epsilon times the least.
  double epsilon = 0;
  /// Asked now and then by searches that may take long; true ends them with what they have.
  std::function<bool()> out_of_time = [] { return false; };
};

/// What a search found.
struct Solution {
  /// The best assignment found. Where nothing keeps the limit: the fastest for a limit in time, the
  /// cheapest for one in cost.
  Assignment best;
  /// Whether `best` keeps the limit.
  bool feasible = false;
  /// No assignment that keeps the limit costs (or, for a limit in cost, takes) less than this.
  double lower_bound = 0;
  /// Whether `best` is the optimum, up to rounding.
  bool proved = false;
};

/// What is known of the Pareto frontier of a whole workflow.
struct FrontierList {
  /// Seconds ascend, usd descend, both strictly; the fastest is among them.
  std::vector<Point> points;
  /// Whether these are all points of the frontier.
  bool complete = true;
  /// Each point costs at most 1 + this times the least for its time: 0 where it is the least;
  /// infinite where nobody knows.
  double excess = 0;
  /// Whether that is not so because SolverOptions::out_of_time ended the search.
  bool out_of_time = false;
};

/// Solves one problem for any limit. Used by one thread.
class Solver {
 public:
  virtual ~Solver() = default;

  /// Finds the cheapest assignment that takes at most `seconds`; of equally cheap ones the
  /// shortest. Limits are forgiven one nanosecond for rounding.
  virtual Solution cheapest_within(double seconds) = 0;
  /// Finds the fastest assignment that costs at most `usd` (a relative 1e-12 forgiven); of equally
  /// fast ones the cheapest.
  virtual Solution fastest_within(double usd) = 0;
  /// Lists the Pareto frontier of the whole workflow. Exact for series-parallel workflows with
  /// epsilon 0, as long as there is time: then points are left out, and others may cost somewhat
  /// more than the least. For other workflows each point is found by a search of its own: all of
  /// them where there are at most `points` and none is hard to find, else a selection.
  virtual FrontierList frontier(int points) = 0;
};

/// Chooses the method by the workflow's shape: frontiers of sub-trees where it is series-parallel,
/// else branch and bound. `problem` must outlive the solver. Throws InvalidWorkflow where the graph
/// has a cycle.
std::unique_ptr<Solver> make_solver(const Problem& problem, const SolverOptions& options = {});

}  // namespace stepconf::solver
