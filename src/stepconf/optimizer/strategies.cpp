#include "stepconf/optimizer/strategies.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <vector>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"
#include "stepconf/optimizer/percentile_policy.h"
#include "stepconf/optimizer/stepconf_strategy.h"

namespace stepconf::optimizer {
namespace {

Seconds planned_for(const StrategyInputs& inputs) { return inputs.slo * (1 - inputs.headroom); }

constexpr StrategyEntry kStrategies[] = {
    {"stepconf",
     "decides before each step, sharing the time left along the critical path (Algorithm 2)",
     Decides::at_each_step,
     [](const StrategyInputs& inputs) -> std::unique_ptr<Policy> {
       return std::make_unique<StepConfPolicy>(inputs.frontiers, planned_for(inputs));
     }},
    {"percentile",
     "decides before each step, for the target share of runs within the SLO at least mean cost",
     Decides::at_each_step,
     [](const StrategyInputs& inputs) -> std::unique_ptr<Policy> {
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
