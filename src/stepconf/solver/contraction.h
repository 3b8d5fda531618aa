#pragma once

#include <vector>

#include "stepconf/solver/curve.h"
#include "stepconf/solver/problem.h"

namespace stepconf::solver {

/// What is left of a problem once its series-parallel parts are contracted: every chain, and every
/// group of steps that wait for the same steps and are waited for by the same, becomes one step
/// whose options are the part's exact Pareto frontier. What remains is the core that has to be
/// searched; a series-parallel workflow becomes a single step. Edges that follow from others are
/// dropped first. (Valdes, Tarjan, Lawler 1982: these two reductions find every such part.)
///
/// A part whose frontier would have more than 2,000 points, or take more than 2^17 sums, is left as
/// it is.
class Contraction {
 public:
  /// O(V E / 64) and the merges. Throws InvalidWorkflow where the graph has a cycle.
  explicit Contraction(const Problem& problem);

  /// The core; as many steps as are left. Valid as long as this object.
  const Problem& core() const { return core_; }

  /// Gives the problem's option by step that stands behind `options` of the core. O(V).
  std::vector<int> expand(const std::vector<int>& options) const;

 private:
  // A step, or two parts: the origins of its points name points of theirs. Of a step: options.
  struct Part {
    workflow::StepId step = -1;
    int left = -1, right = -1;
    Curve points{};
  };

  bool merge(int into, int other, bool parallel);

  std::vector<Part> parts_;
  // While contracting: by step, the part that stands in its place. Afterwards: by step of the core.
  std::vector<int> part_of_;
  Problem core_;
};

}  // namespace stepconf::solver
