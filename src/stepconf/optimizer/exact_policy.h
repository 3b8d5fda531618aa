#pragma once

#include <functional>
#include <memory>

#include "stepconf/optimizer/strategies.h"

namespace stepconf::optimizer {

/// Algorithm 1 made practical: before each step, what remains of the workflow is solved anew for
/// the time that is left (Eq. (6)), the branches under way included, and the step gets its option
/// of the cheapest plan. Where no plan meets the SLO any more the fastest option runs (lines 9 to
/// 11).
///
/// Series-parallel workflows: from curves prepared once (RemainingTree), O(options of the step x
/// points behind it in its branch + points of the branches under way). Others: by
/// solver::make_solver with a limit on the search, so that a decision there may be dearer than the
/// least.
///
/// What is known of branches under way is kept in the strategy of the execution
/// (Policy::remembers).
///
/// The certificate is of the whole workflow, solved beforehand within `out_of_time`; `slo` is the
/// time to plan for, headroom taken off. `frontiers` must outlive the policy. Throws
/// InvalidInput where a step has no options.
std::unique_ptr<Policy> make_exact_policy(Frontiers& frontiers, Seconds slo,
                                          std::function<bool()> out_of_time);

}  // namespace stepconf::optimizer
