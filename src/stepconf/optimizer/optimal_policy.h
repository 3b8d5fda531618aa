#pragma once

#include "stepconf/optimizer/planned_policy.h"
#include "stepconf/solver/problem.h"

namespace stepconf::optimizer {

/// Solves problem FWCP for the whole workflow before any execution: the cheapest plan that takes at
/// most `slo`, the fastest where none does. Ends early, with the best plan known, where
/// `out_of_time` says so (general DAGs only).
solver::Solution solve_beforehand(Frontiers& frontiers, Seconds slo,
                                  const std::function<bool()>& out_of_time);

/// The paper's Optimal: the offline optimum with fluctuation ignored.
class OptimalPolicy final : public PlannedPolicy {
 public:
  OptimalPolicy(Frontiers& frontiers, const solver::Solution& solution);
  std::optional<Certificate> certificate() override { return certificate_; }

 private:
  Certificate certificate_;
};

}  // namespace stepconf::optimizer
