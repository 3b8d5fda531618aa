#include "stepconf/optimizer/strategies.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <vector>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"
#include "stepconf/optimizer/deadline_distribution.h"
#include "stepconf/optimizer/exact_policy.h"
#include "stepconf/optimizer/optimal_policy.h"
#include "stepconf/optimizer/percentile_policy.h"
#include "stepconf/optimizer/restricted_options.h"
#include "stepconf/optimizer/stepconf_strategy.h"

namespace stepconf::optimizer {
namespace {

Seconds planned_for(const StrategyInputs& inputs) { return inputs.slo * (1 - inputs.headroom); }

// A policy on part of the options, with what it refers to.
template <typename Base>
class Restricted final : public Policy {
 public:
  Restricted(const StrategyInputs& inputs, Restriction restriction)
      : options_(inputs.frontiers.source(), restriction),
        frontiers_(inputs.frontiers, options_),
        policy_(Base::make(frontiers_, planned_for(inputs))) {}

  std::unique_ptr<Strategy> begin(GlobalCache& cache) override { return policy_->begin(cache); }

 private:
  RestrictedOptions options_;
  Frontiers frontiers_;
  std::unique_ptr<Policy> policy_;
};

struct Algorithm2 {
  static std::unique_ptr<Policy> make(Frontiers& frontiers, Seconds slo) {
    return std::make_unique<StepConfPolicy>(frontiers, slo);
  }
};

struct StaticDeadlines {
  static std::unique_ptr<Policy> make(Frontiers& frontiers, Seconds slo) {
    return std::make_unique<PlannedPolicy>(frontiers, distribute_deadline(frontiers, slo));
  }
};

using Prepared = std::unique_ptr<Policy>;

constexpr StrategyEntry kStrategies[] = {
    {"stepconf",
     "decides before each step, sharing the time left along the critical path (Algorithm 2)",
     Decides::at_each_step,
     [](const StrategyInputs& inputs) -> Prepared {
       return Algorithm2::make(inputs.frontiers, planned_for(inputs));
     }},
    {"exact", "decides before each step, solving what remains of the workflow anew (Algorithm 1)",
     Decides::at_each_step,
     [](const StrategyInputs& inputs) -> Prepared {
       return make_exact_policy(inputs.frontiers, planned_for(inputs), inputs.out_of_time);
     }},
    {"optimal", "the cheapest plan made beforehand, as if nothing fluctuated", Decides::beforehand,
     [](const StrategyInputs& inputs) -> Prepared {
       return std::make_unique<OptimalPolicy>(
           inputs.frontiers,
           solve_beforehand(inputs.frontiers, planned_for(inputs), inputs.out_of_time));
     }},
    {"static", "a plan made beforehand that shares the SLO out by levels of the workflow",
     Decides::beforehand,
     [](const StrategyInputs& inputs) -> Prepared {
       return StaticDeadlines::make(inputs.frontiers, planned_for(inputs));
     }},
    {"no-no", "static with one instance and one process a step: memory alone is chosen",
     Decides::beforehand,
     [](const StrategyInputs& inputs) -> Prepared {
       return std::make_unique<Restricted<StaticDeadlines>>(
           inputs, Restriction{.one_instance = true, .one_process = true});
     }},
    {"inter-only", "stepconf with one process an instance", Decides::at_each_step,
     [](const StrategyInputs& inputs) -> Prepared {
       return std::make_unique<Restricted<Algorithm2>>(inputs, Restriction{.one_process = true});
     }},
    {"intra-only", "stepconf with one instance a step", Decides::at_each_step,
     [](const StrategyInputs& inputs) -> Prepared {
       return std::make_unique<Restricted<Algorithm2>>(inputs, Restriction{.one_instance = true});
     }},
    {"percentile",
     "decides before each step, for the target share of runs within the SLO at least mean cost",
     Decides::at_each_step,
     [](const StrategyInputs& inputs) -> Prepared {
       return std::make_unique<PercentilePolicy>(inputs);
     }},
};

}  // namespace

std::span<const StrategyEntry> strategies() { return kStrategies; }

const StrategyEntry& find_strategy(std::string_view name) {
  std::vector<std::string_view> names;
  for (const StrategyEntry& entry : kStrategies) {
    if (entry.name == name) return entry;
    names.push_back(entry.name);
  }
  const std::string close = nearest(name, names);
  throw InvalidInput(fmt::format("unknown strategy \"{}\"{}; known: {}", name,
                                 close.empty() ? "" : fmt::format(", meant \"{}\"?", close),
                                 fmt::join(names, ", ")));
}

std::unique_ptr<Policy> prepare(std::string_view name, const StrategyInputs& inputs) {
  if (!std::isfinite(inputs.slo.count()) || inputs.slo.count() <= 0) {
    throw InvalidInput(fmt::format("slo is {} s, must be more than 0", inputs.slo.count()));
  }
  if (!(inputs.headroom >= 0 && inputs.headroom < 1)) {
    throw InvalidInput(
        fmt::format("headroom is {}, must be at least 0 and less than 1", inputs.headroom));
  }
  if (!(inputs.target > 0 && inputs.target < 1)) {
    throw InvalidInput(
        fmt::format("target is {}, must be more than 0 and less than 1", inputs.target));
  }
  return find_strategy(name).prepare(inputs);
}

}  // namespace stepconf::optimizer
