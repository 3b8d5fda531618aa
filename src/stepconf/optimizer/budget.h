#pragma once

#include <functional>

#include "stepconf/optimizer/plan.h"

namespace stepconf::optimizer {

/// The fastest plan that keeps a budget, and what is known of all others that do.
struct BudgetPlan {
  /// `feasible` tells whether `cost` keeps the budget. Where it does not, this is the cheapest plan
  /// of all.
  Plan plan;
  /// No plan within the budget takes less; of the cheapest plan, where none is.
  Seconds lower_bound{0};
};

/// Plans for the least time that costs at most `budget`, as if nothing fluctuated; of equally fast
/// plans the cheapest. Nothing has to be met in time. `Plan::proved_optimal` tells whether none
/// within the budget is faster. `cache` must be empty. Costs are weighted as in problem_of. Ends
/// early, with the best plan known, where `out_of_time` says so. Throws InvalidInput where the
/// budget is negative or not a number, or a step has no options.
BudgetPlan plan_within(
    Frontiers& frontiers, Usd budget, GlobalCache& cache,
    const std::function<bool()>& out_of_time = [] { return false; });

}  // namespace stepconf::optimizer
