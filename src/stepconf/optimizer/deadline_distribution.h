#pragma once

#include <vector>

#include "stepconf/optimizer/planned_policy.h"

namespace stepconf::optimizer {

/// Shares the SLO out by levels before the execution starts, as the paper's reference [26] does
/// (Kijak et al., Challenges for scheduling scientific workflows on cloud functions, 2018), for the
/// baselines `static` and `no-no`: docs/algorithms.md says how it is read. O(V + E + V log Theta).
std::vector<PlannedChoice> distribute_deadline(Frontiers& frontiers, Seconds slo);

}  // namespace stepconf::optimizer
