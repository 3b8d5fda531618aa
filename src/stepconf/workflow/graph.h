#pragma once

#include <span>
#include <vector>

#include "stepconf/base/error.h"

namespace stepconf::workflow {

/// A step's index in Workflow::steps.
using StepId = int;

/// A directed acyclic graph over the steps 0 .. size()-1: `successors[s]` and `predecessors[s]` are
/// sorted and mirror each other.
struct Graph {
  std::vector<std::vector<StepId>> successors;
  std::vector<std::vector<StepId>> predecessors;

  Graph() = default;
  explicit Graph(int size) : successors(size), predecessors(size) {}
  int size() const { return static_cast<int>(successors.size()); }

  /// Adds the edge `from` -> `to`; an edge that is there already is left as it is.
  void add_edge(StepId from, StepId to);
};

/// Reports a graph that is no DAG.
class InvalidWorkflow : public InvalidInput {
  using InvalidInput::InvalidInput;
};

/// Finds the steps of one cycle, in the order of its edges; empty where the graph has none. O(V +
/// E).
std::vector<StepId> find_cycle(const Graph& graph);

/// Orders the steps so that each stands behind its predecessors. Equal graphs give equal orders.
/// O(V + E). Throws InvalidWorkflow, which lists the ids on a cycle, where the graph has one.
std::vector<StepId> topological_order(const Graph& graph);

/// Finds the heaviest chain of successors that starts at `entry` (Algorithm 2, line 8).
/// `seconds[s]` is the weight of step s, not negative. Ties go to the smaller id, and a chain is
/// followed to its end even where only weights of 0 are left, so equal inputs give equal paths.
/// O(V + E). Throws InvalidWorkflow where the graph has a cycle.
std::vector<StepId> critical_path(const Graph& graph, std::span<const double> seconds,
                                  StepId entry);

/// Splits `subset`, whose members are distinct, into its weakly connected components: steps stay
/// together where edges between members join them, whatever the edges' direction. Each component
/// is sorted; components are ordered by their smallest step. O(V + E of the subset).
std::vector<std::vector<StepId>> weakly_connected_components(const Graph& graph,
                                                             std::span<const StepId> subset);

}  // namespace stepconf::workflow
