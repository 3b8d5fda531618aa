#pragma once

#include <span>

#include "stepconf/workflow/series_parallel.h"

namespace stepconf::percentile {

/// Makes any workflow series-parallel, by letting steps wait for steps that they need not wait for;
/// what ends in time under the result ends in time in the workflow. Parts that do not depend on
/// each other stay side by side; where neither that nor a cut into before and after is possible,
/// the cut is made that lengthens the longest path least, `seconds` being each step's duration. A
/// workflow that is series-parallel comes back as it is. O(V^2 (V + E)). Throws InvalidWorkflow
/// where the graph has a cycle.
workflow::SeriesParallelTree made_series_parallel(const workflow::Graph& graph,
                                                  std::span<const double> seconds);

}  // namespace stepconf::percentile
