#pragma once

#include <vector>

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

}  // namespace stepconf::workflow
