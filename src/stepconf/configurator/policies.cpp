#include "stepconf/configurator/policies.h"

#include <algorithm>
#include <limits>

namespace stepconf::configurator {

Policies::Policies(const compiled::CompiledPlan& plan)
    : plan_(plan),
      sources_(plan),
      frontiers_(std::make_unique<optimizer::Frontiers>(plan.workflow, sources_.options())) {}

optimizer::Policy& Policies::get(std::optional<Seconds> slo, workflow::StepId step, int jobs) {
  asked_.emplace(step, jobs);
  if (asked_.size() > kMostLoads) {
    kept_.clear();
    frontiers_ = std::make_unique<optimizer::Frontiers>(plan_.workflow, sources_.options());
    asked_ = {{step, jobs}};
  }
  const auto found = std::ranges::find_if(kept_, [&](const Kept& kept) { return kept.slo == slo; });
  if (found != kept_.end()) {
    kept_.splice(kept_.begin(), kept_, found);
  } else {
    kept_.push_front({slo, prepare(slo)});
    if (kept_.size() > kMostSlos) kept_.pop_back();
  }
  return *kept_.front().policy;
}

std::unique_ptr<optimizer::Policy> Policies::prepare(std::optional<Seconds> slo) {
  const compiled::Goal& goal = plan_.goal;
  const auto prepared = plan_.policies.find(goal.strategy);
  return optimizer::prepare(
      goal.strategy,
      {.frontiers = *frontiers_,
       // Without an SLO any duration will do.
       .slo = slo.value_or(Seconds(std::numeric_limits<double>::max())),
       .headroom = goal.headroom,
       .target = goal.target,
       .scatter = &sources_.scatter(),
       .prepared = prepared == plan_.policies.end() ? std::string_view() : prepared->second});
}

}  // namespace stepconf::configurator
