#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "stepconf/base/units.h"
#include "stepconf/workflow/graph.h"

namespace stepconf::optimizer {

/// What Algorithm 2 stores for later decisions: a set of steps and the time, since the execution's
/// start, by which all of them must have ended (the paper's G* and T*).
struct SubGraph {
  /// In topological order.
  std::vector<workflow::StepId> steps;
  Seconds latest_finish{0};
  /// How dearly being late is paid for, as the strategy percentile numbers it (percentile/); others
  /// leave it 0.
  int context = 0;

  bool operator==(const SubGraph&) const = default;
};

/// The paper's global cache, for one execution: to each step it gives the sub-graph to which the
/// step belongs at present. Decisions of parallel branches may be made by different processes, so
/// what is stored rests on a version, and whoever comes second decides again. Adapters retry
/// passing faults themselves and throw Error where the cache cannot be reached.
class GlobalCache {
 public:
  struct Entry {
    /// Absent where nothing was stored for the step yet.
    std::shared_ptr<const SubGraph> sub_graph;
    /// The version of the execution's entries that was read.
    std::uint64_t version = 0;
  };

  virtual ~GlobalCache() = default;

  /// Finds the sub-graph to which `step` belongs. Sees everything stored before the call.
  virtual Entry find(workflow::StepId step) = 0;

  /// Makes each sub-graph that of all its steps, all at once; a step in several belongs to the
  /// last. False, and nothing stored, where another store came after `version` was read.
  [[nodiscard]] virtual bool store(std::uint64_t version, std::vector<SubGraph> sub_graphs) = 0;
};

}  // namespace stepconf::optimizer
