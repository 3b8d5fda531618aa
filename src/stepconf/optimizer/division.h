#pragma once

#include <span>
#include <vector>

#include "stepconf/base/units.h"
#include "stepconf/optimizer/global_cache.h"
#include "stepconf/workflow/graph.h"

namespace stepconf::optimizer {

/// What Algorithm 2 makes of a sub-graph when one of its steps becomes ready.
struct Division {
  /// The step's share of the time left (Eq. (13)), not negative.
  Seconds sub_slo{0};
  /// What is to be stored for the steps that come later, in the order GlobalCache::store wants;
  /// empty where what is stored already holds.
  std::vector<SubGraph> sub_graphs;
};

/// Shares out time among the steps of a workflow: the graph part of Algorithm 2 (lines 4 to 9 and
/// 11 to 21). Holds scratch space of the workflow's size, so that a division allocates only what it
/// returns. Not to be shared between threads.
class Divider {
 public:
  /// Throws InvalidWorkflow where the graph has a cycle.
  explicit Divider(const workflow::Graph& graph);

  /// Splits the whole workflow into its weakly connected components, each due at `latest_finish`.
  std::vector<SubGraph> whole(Seconds latest_finish);

  /// Divides `sub_graph`, which holds `step`, at the time `now` when `step` is ready, as
  /// docs/algorithms.md says. `seconds[s]` is the weight of step s, t(theta*), not negative.
  /// O(V + E) of the sub-graph; again for the part that holds `step` where several of its steps
  /// wait for no other.
  Division divide(const SubGraph& sub_graph, workflow::StepId step, Seconds now,
                  std::span<const double> seconds);

 private:
  using StepId = workflow::StepId;

  std::span<const StepId> successors(StepId step) const {
    return {successors_.data() + first_successor_[step],
            successors_.data() + first_successor_[step + 1]};
  }
  std::span<const StepId> predecessors(StepId step) const {
    return {predecessors_.data() + first_predecessor_[step],
            predecessors_.data() + first_predecessor_[step + 1]};
  }
  bool drop_ancestors(StepId step);
  StepId weigh(std::span<const double> seconds);
  int sources() const;
  void follow_path(StepId entry);
  void group_what_lies_beside();
  std::vector<SubGraph> components(double latest, double scale);

  // The graph in flat arrays, and each step's place in a topological order.
  std::vector<int> first_successor_, first_predecessor_;
  std::vector<StepId> successors_, predecessors_;
  std::vector<int> rank_;

  // Scratch. `members_` is the sub-graph at hand in topological order; the rest is by step, and
  // stands for members only.
  std::vector<StepId> members_, path_, stack_;
  std::vector<char> is_member_;
  std::vector<double> heaviest_;
  std::vector<StepId> next_;
  std::vector<int> group_, place_on_path_, component_;
};

}  // namespace stepconf::optimizer
