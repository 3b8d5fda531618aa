#include "stepconf/optimizer/optimal_policy.h"

#include "stepconf/optimizer/problem_of.h"

namespace stepconf::optimizer {
namespace {

std::vector<PlannedChoice> choices_of(const solver::Solution& solution) {
  std::vector<PlannedChoice> choices;
  for (const int option : solution.best.options) {
    choices.push_back({.option = option,
                       .constraint = solution.feasible ? Constraint::plan : Constraint::catch_up});
  }
  return choices;
}

}  // namespace

solver::Solution solve_beforehand(Frontiers& frontiers, Seconds slo,
                                  const std::function<bool()>& out_of_time) {
  const solver::Problem problem = problem_of(frontiers);
  return solver::make_solver(problem, {.out_of_time = out_of_time})->cheapest_within(slo.count());
}

OptimalPolicy::OptimalPolicy(Frontiers& frontiers, const solver::Solution& solution)
    : PlannedPolicy(frontiers, choices_of(solution)),
      certificate_{Usd{solution.lower_bound}, solution.proved && solution.feasible} {}

}  // namespace stepconf::optimizer
