#pragma once

#include <optional>
#include <vector>

#include "stepconf/solver/curve.h"
#include "stepconf/workflow/series_parallel.h"
#include "stepconf/workflow/workflow.h"

namespace stepconf::optimizer {

/// How far an execution has come, as its decisions tell.
struct Progress {
  struct Step {
    /// When the step was asked about, and when it will have ended if its option takes as long as
    /// predicted.
    Seconds asked{0};
    Seconds ends{0};
  };

  /// By step; absent where it was not asked about.
  std::vector<std::optional<Step>> steps;
  /// By node of the tree: when it began, as told by the first step in it that was asked about, less
  /// the time expected of what nobody is asked about before that; infinite where none was.
  std::vector<double> begun;
};

/// The best choice for a step that is ready, and how it fits into the rest.
struct BestChoice {
  /// Index into the step's options; -1 where nothing keeps the limit.
  int option = -1;
  /// When the step must have ended, for the rest to go as it was chosen.
  Seconds latest_end{0};
};

/// The remaining problem of an execution of a series-parallel workflow (Algorithm 1, line 2: what
/// is left from a step on), solved anew for each decision. The Pareto curve of what follows each
/// step in its series is prepared once; a decision combines these along the way from the step to
/// the root, and so costs as much as there are branches under way. Costs are those of the
/// executions that come so far: behind a choice, the ways that were not taken are out.
class RemainingTree {
 public:
  /// `options[s]` are the points of step s for the jobs expected, at their full cost, and
  /// `automatic[s]` tells whether nobody will ask about it, because it is foreign or has no jobs.
  /// Curves of more than 2,000 points are thinned, at a loss of 1e-6 for each combination.
  RemainingTree(const workflow::SeriesParallelTree& tree,
                const std::vector<std::vector<solver::Point>>& options,
                const std::vector<char>& automatic);

  /// The progress of an execution of which nothing was asked yet.
  Progress start() const;
  /// Notes that `step` was asked about and decided.
  void note(Progress& progress, workflow::StepId step, Progress::Step decided) const;

  /// Chooses for `step`, ready at `now`, among `options`, so that what remains costs least and ends
  /// by `limit`.
  BestChoice choose(workflow::StepId step, const std::vector<solver::Point>& options, Seconds now,
                    Seconds limit, const Progress& progress) const;

 private:
  struct Node {
    workflow::SeriesParallelTree::Kind kind = workflow::SeriesParallelTree::Kind::kStep;
    workflow::StepId step = -1;
    int parent = -1;
    int place = 0;
    /// Whether nobody will ask about anything in it.
    bool automatic = false;
    /// What the parts before it in its series take where all of them are automatic, else 0.
    double lead = 0;
    std::vector<int> parts;
    /// Of a series: of its parts from i on; the last is empty. Else one: of the whole.
    std::vector<solver::Curve> curves;
  };

  int add(const workflow::SeriesParallelTree& tree, int parent, int place,
          const std::vector<std::vector<solver::Point>>& options,
          const std::vector<char>& automatic);
  const solver::Curve& whole(int node) const { return nodes_[node].curves.front(); }
  solver::Curve left_of(int node, double begun, double now, const Progress& progress) const;
  solver::Curve left_of_series(const Node& node, double begun, double now,
                               const Progress& progress) const;
  /// The place of the last part that was begun: what stands before it has ended.
  static std::optional<std::size_t> last_begun(const Node& series, const Progress& progress);
  /// When all of it will have ended, perhaps in the past; absent where something in it that is
  /// asked about was not asked yet, so that its end is still free.
  std::optional<double> end_of(int node, double begun, const Progress& progress) const;

  std::vector<Node> nodes_;
  /// By step: its leaf.
  std::vector<int> leaf_;
};

}  // namespace stepconf::optimizer
