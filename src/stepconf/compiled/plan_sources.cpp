#include "stepconf/compiled/plan_sources.h"

namespace stepconf::compiled {

PlanSources::PlanSources(const CompiledPlan& plan) : options_(plan), scatter_(*plan.options) {
  if (!plan.goal.decisions_charged) return;
  const auto charge = optimizer::decision_charge(plan.options->prices());
  charged_options_.emplace(options_, charge);
  charged_scatter_.emplace(scatter_, charge);
}

const estimator::OptionSource& PlanSources::options() const {
  if (charged_options_) return *charged_options_;
  return options_;
}

const estimator::ScatterSource& PlanSources::scatter() const {
  if (charged_scatter_) return *charged_scatter_;
  return scatter_;
}

}  // namespace stepconf::compiled
