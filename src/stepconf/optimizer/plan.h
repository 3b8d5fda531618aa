#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/base/units.h"
#include "stepconf/estimator/configuration.h"
#include "stepconf/optimizer/frontier.h"
#include "stepconf/optimizer/strategies.h"
#include "stepconf/optimizer/strategy.h"
#include "stepconf/workflow/workflow.h"

namespace stepconf::optimizer {

/// What a plan says about one step.
struct PlannedStep {
  /// Absent for foreign steps and for steps without jobs.
  std::optional<estimator::Configuration> configuration;
  /// Since the execution's start.
  Seconds start{0};
  Seconds duration{0};
  /// Where the step runs.
  Usd cost;
  /// Absent where no strategy shared out time: foreign steps, steps without jobs, the fastest plan.
  std::optional<Seconds> sub_slo;
  std::string reason;
  /// The whole decision; absent where nothing was decided.
  std::optional<Decision> decision;
};

/// How a workflow goes if every step takes as long as predicted. All ways of its choices are gone.
struct Plan {
  /// One entry a step, by StepId.
  std::vector<PlannedStep> steps;
  /// The longest path, whichever way an execution goes.
  Seconds duration{0};
  /// What an execution is expected to cost: steps weighted by Step::probability.
  Usd cost;
  /// Whether `duration` is at most the SLO, kRounding forgiven.
  bool feasible = false;
  /// Whether this is the fastest plan, because the strategy's misses the SLO.
  bool fastest = false;
  /// Whether no plan that meets the SLO costs less, and what none costs less than; absent where the
  /// strategy does not know.
  std::optional<bool> proved_optimal{};
  std::optional<Usd> lower_bound{};
};

/// Plans as `strategy` would decide if every duration came out as predicted: steps are asked about
/// in the order in which they become ready. Foreign steps and steps without jobs are not asked
/// about; the latter take no time. `strategy` must be fresh and made from the same `frontiers`.
Plan follow(Strategy& strategy, Frontiers& frontiers, Seconds slo);

/// Plans with every step at its fastest option, the cheapest of equally fast ones.
Plan fastest_plan(Frontiers& frontiers, Seconds slo);

/// Plans with the strategy called `name`. Where its plan misses the SLO, the fastest plan takes its
/// place: feasible where at least that one meets the SLO, else the best that can be done. Where all
/// function steps are fixed there is but one plan, whatever the SLO. `cache` must be empty. Throws
/// as prepare.
Plan plan(std::string_view name, const StrategyInputs& inputs, GlobalCache& cache);
/// The same with a policy that was made from `inputs`.
Plan plan(Policy& policy, const StrategyInputs& inputs, GlobalCache& cache);

/// Tells how long the workflow takes with every step at its fastest option: no SLO below can be
/// met.
Seconds fastest_duration(const workflow::Workflow& workflow,
                         const estimator::OptionSource& options);

}  // namespace stepconf::optimizer
