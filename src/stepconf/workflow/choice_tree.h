#pragma once

#include <optional>

#include "stepconf/workflow/series_parallel.h"
#include "stepconf/workflow/workflow.h"

namespace stepconf::workflow {

/// Recognises a series-parallel workflow, and in it its choices: where the ways of a choice stand
/// side by side in a parallel, or a single way in a series (past which another way leads), they
/// become the parts of a kChoice node. On the way from the root to a step the probabilities of such
/// nodes multiply to Step::probability. Where ways end at different places, so that no part of the
/// tree is a way, its steps stay side by side, and each of them becomes a kChoice of one part.
/// Absent where the graph is not series-parallel.
std::optional<SeriesParallelTree> series_parallel_tree(const Workflow& workflow);

}  // namespace stepconf::workflow
