#pragma once

#include <optional>
#include <vector>

#include "stepconf/workflow/graph.h"

namespace stepconf::workflow {

/// How a workflow is put together from single steps, one after another (series), side by side
/// (parallel), and one instead of another (choice). A Series has no Series among its parts, a
/// Parallel no Parallel, and both have at least two parts.
struct SeriesParallelTree {
  enum class Kind { kStep, kSeries, kParallel, kChoice };

  Kind kind = Kind::kStep;
  /// The step of a leaf; -1 otherwise.
  StepId step = -1;
  /// Series: in the order of time. Parallel: by the smallest step in each.
  std::vector<SeriesParallelTree> parts;
  /// Choice: the share of executions that go each way, one a part. Where they sum to less than 1,
  /// the rest goes a way without steps.
  std::vector<double> probabilities = {};

  bool operator==(const SeriesParallelTree&) const = default;
};

/// Recognises a series-parallel workflow by its order of steps: whether one step must wait for
/// another, directly or not. Edges that follow from others make no difference. Absent where the
/// order contains an N (a before c and d, b before d only), and for a graph without steps.
/// O(V^3 / 64) at worst, some milliseconds for 1,000 steps; V^2 / 8 bytes.
/// Throws InvalidWorkflow where the graph has a cycle.
std::optional<SeriesParallelTree> series_parallel_tree(const Graph& graph);

}  // namespace stepconf::workflow
