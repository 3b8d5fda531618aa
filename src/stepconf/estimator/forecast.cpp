#include "stepconf/estimator/forecast.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "stepconf/base/error.h"
#include "stepconf/estimator/spread.h"
#include "stepconf/pricing/bill.h"

namespace stepconf::estimator {
namespace {

Forecast infeasible(std::string why_not) {
  Forecast result;
  result.why_not = std::move(why_not);
  return result;
}

Forecast from_table(const Table& table, const Configuration& configuration) {
  // Equal configurations are alternatives of which the earlier cheaper one is taken, as the
  // contract's rule for ties says.
  const Option* best = nullptr;
  for (const Option& option : table.options) {
    if (option.configuration != configuration) continue;
    if (!best || std::pair(option.cost, option.duration) < std::pair(best->cost, best->duration))
      best = &option;
  }
  if (!best) return infeasible(fmt::format("the table has no row {}", to_string(configuration)));
  Forecast result;
  result.instance = result.duration = best->duration;
  result.cost = best->cost;
  result.p50 = best->duration * lognormal_quantile(table.noise_cv, 0.50);
  result.p95 = best->duration * lognormal_quantile(table.noise_cv, 0.95);
  result.p99 = best->duration * lognormal_quantile(table.noise_cv, 0.99);
  return result;
}

Usd cost_of(const FittedFunction& function, const pricing::PriceSheet& prices, CostRule rule,
            bool is_map, const InstanceLoad& full, const Split& share, int jobs,
            const Forecast& result) {
  if (rule == CostRule::paper) {
    return pricing::paper_cost(prices, full.memory, share.instances, result.duration);
  }
  InstanceLoad last = full;
  last.jobs = jobs - (share.instances - 1) * share.jobs_per_instance;
  const std::array<pricing::InstanceUse, 2> uses = {
      pricing::InstanceUse{share.instances - 1, result.instance},
      pricing::InstanceUse{1, function.duration.predict(last)}};
  return pricing::billed_cost(prices, full.memory, uses, is_map);
}

Forecast from_fit(const FittedFunction& function, const pricing::PriceSheet& prices, CostRule rule,
                  bool is_map, int jobs, const Configuration& configuration) {
  const Split share = split(jobs, configuration.instances);
  const InstanceLoad full{configuration.memory, configuration.processes, share.jobs_per_instance};
  if (std::string why_not = function.memory.why_not(full); !why_not.empty())
    return infeasible(why_not);
  const Seconds delay = function.dispatch.at(share.instances);
  const double cv = function.spread_cv;
  Forecast result;
  result.instance = function.duration.predict(full);
  // t_i = t_i^map(p_i) + t^_i (section III-B.2)
  result.duration = delay + result.instance;
  result.p50 = delay + result.instance * lognormal_quantile(cv, 0.50, share.instances);
  result.p95 = delay + result.instance * lognormal_quantile(cv, 0.95, share.instances);
  result.p99 = delay + result.instance * lognormal_quantile(cv, 0.99, share.instances);
  result.cost = cost_of(function, prices, rule, is_map, full, share, jobs, result);
  return result;
}

}  // namespace

CostRule parse_cost_rule(const std::string& name) {
  if (name == "billed") return CostRule::billed;
  if (name == "paper") return CostRule::paper;
  throw InvalidInput(fmt::format("cost is \"{}\", must be billed or paper", name));
}

Forecast forecast(const FunctionModel& model, const pricing::PriceSheet& prices, CostRule rule,
                  bool is_map, int jobs, const Configuration& configuration) {
  if (const auto* table = std::get_if<Table>(&model)) return from_table(*table, configuration);
  return from_fit(std::get<FittedFunction>(model), prices, rule, is_map, jobs, configuration);
}

}  // namespace stepconf::estimator
