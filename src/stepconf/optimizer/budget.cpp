#include "stepconf/optimizer/budget.h"

#include <fmt/format.h>

#include <memory>
#include <utility>
#include <vector>

#include "stepconf/base/error.h"
#include "stepconf/optimizer/planned_policy.h"
#include "stepconf/optimizer/problem_of.h"

namespace stepconf::optimizer {

BudgetPlan plan_within(Frontiers& frontiers, Usd budget, GlobalCache& cache,
                       const std::function<bool()>& out_of_time) {
  if (!(budget.value >= 0)) {
    throw InvalidInput(fmt::format("budget is {} USD, must be at least 0", budget.value));
  }
  const solver::Problem problem = problem_of(frontiers);
  const solver::Solution solution =
      solver::make_solver(problem, {.out_of_time = out_of_time})->fastest_within(budget.value);
  std::vector<PlannedChoice> choices;
  for (const int option : solution.best.options) choices.push_back({.option = option});

  PlannedPolicy policy(frontiers, std::move(choices));
  const std::unique_ptr<Strategy> strategy = policy.begin(cache);
  BudgetPlan result{follow(*strategy, frontiers, kUnlimited), Seconds(solution.lower_bound)};
  result.plan.feasible = solution.feasible;
  result.plan.proved_optimal = solution.feasible && solution.proved;
  return result;
}

}  // namespace stepconf::optimizer
