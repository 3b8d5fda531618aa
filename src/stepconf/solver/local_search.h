#pragma once

#include <functional>
#include <vector>

#include "stepconf/solver/problem.h"

namespace stepconf::solver {

/// Makes assignments cheaper by small moves that keep a limit in time. Keeps flat copies of the
/// graph, and scratch; `problem` must outlive it. Not to be shared between threads.
class LocalSearch {
 public:
  /// Throws InvalidWorkflow where the graph has a cycle.
  explicit LocalSearch(const Problem& problem);

  /// Tells how long the longest path takes. O(V + E).
  double seconds(const std::vector<int>& options);
  /// Adds up the costs in the order of the steps.
  double usd(const std::vector<int>& options) const;

  /// Slows steps down, the one that saves most first, until no step's slack lets it save anything.
  /// Does nothing where the limit is missed. O(V + E) a move.
  void spend_slack(std::vector<int>& options, double limit) { spend(options, limit, -1); }

  /// Speeds steps of longest paths up, the cheapest second first, until `limit` is kept; false
  /// where it cannot be. O(V + E) a move.
  bool hurry(std::vector<int>& options, double limit) { return hurry(options, limit, -1); }

  /// Tries for each step its next faster and slower options, with the others adapted to it, until
  /// nothing gets cheaper or `stop` says so. Keeps the limit where it is kept.
  void improve(std::vector<int>& options, double limit, const std::function<bool()>& stop);

 private:
  void measure(const std::vector<int>& options);
  void spend(std::vector<int>& options, double limit, workflow::StepId fixed);
  bool hurry(std::vector<int>& options, double limit, workflow::StepId fixed);
  // The most that the step may take before `limit` is missed.
  double window(workflow::StepId step, double limit) const {
    return limit - start_[step] - after_[step];
  }

  const Problem& problem_;
  std::vector<workflow::StepId> order_;
  // Of what measure() saw: earliest start, what follows on the longest path, the longest path.
  std::vector<double> start_, after_;
  double longest_ = 0;
  std::vector<int> trial_;
};

}  // namespace stepconf::solver
