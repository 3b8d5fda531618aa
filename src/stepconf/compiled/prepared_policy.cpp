#include "stepconf/compiled/prepared_policy.h"

#include "stepconf/compiled/plan_sources.h"
#include "stepconf/optimizer/strategies.h"

namespace stepconf::compiled {

void prepare_policy(CompiledPlan& plan) {
  // The only one so far; others may search for long and have nothing to keep.
  if (plan.goal.strategy != "percentile" || !plan.goal.slo) return;
  const PlanSources sources(plan);
  optimizer::Frontiers frontiers(plan.workflow, sources.options());
  const auto policy = optimizer::prepare(plan.goal.strategy, {.frontiers = frontiers,
                                                              .slo = *plan.goal.slo,
                                                              .headroom = plan.goal.headroom,
                                                              .target = plan.goal.target,
                                                              .scatter = &sources.scatter()});
  plan.policies[plan.goal.strategy] = policy->prepared();
}

}  // namespace stepconf::compiled
