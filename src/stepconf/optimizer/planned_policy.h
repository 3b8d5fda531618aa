#pragma once

#include <optional>
#include <vector>

#include "stepconf/optimizer/strategies.h"

namespace stepconf::optimizer {

/// What was chosen for a step before any execution.
struct PlannedChoice {
  /// Index into the step's frontier for the jobs expected; 0 for steps about which nobody asks.
  int option = 0;
  /// The step's share of the SLO; absent where the plan shares out none.
  std::optional<Seconds> sub_slo{};
  Constraint constraint = Constraint::plan;
};

/// A plan made beforehand, kept whatever happens: the decisions of `optimal`, `static` and `no-no`.
///
/// With another number of jobs than was planned for, a step keeps its configuration where that can
/// run; else it gets the cheapest option that takes no longer than was planned, or the fastest.
class PlannedPolicy : public Policy {
 public:
  /// `choices` has one entry a step. `frontiers` must outlive the policy.
  PlannedPolicy(Frontiers& frontiers, std::vector<PlannedChoice> choices)
      : frontiers_(frontiers), choices_(std::move(choices)) {}

  std::unique_ptr<Strategy> begin(GlobalCache& cache) override;

  const std::vector<PlannedChoice>& choices() const { return choices_; }

 private:
  Frontiers& frontiers_;
  std::vector<PlannedChoice> choices_;
};

}  // namespace stepconf::optimizer
