#include "stepconf/estimator/forecast.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "stepconf/base/error.h"
#include "stepconf/estimator/spread.h"
#include "stepconf/estimator/step_distribution.h"
#include "stepconf/pricing/bill.h"

namespace stepconf::estimator {
namespace {

Forecast infeasible(std::string why_not) {
  Forecast result;
  result.why_not = std::move(why_not);
  return result;
}

// Equal configurations are alternatives of which the earlier cheaper one is taken, as the
// contract's rule for ties says.
const Option* row_of(const Table& table, const Configuration& configuration) {
  const Option* best = nullptr;
  for (const Option& option : table.options) {
    if (option.configuration != configuration) continue;
    if (!best || std::pair(option.cost, option.duration) < std::pair(best->cost, best->duration))
      best = &option;
  }
  return best;
}

Forecast from_table(const Table& table, const Configuration& configuration) {
  const Option* row = row_of(table, configuration);
  if (!row) return infeasible(fmt::format("the table has no row {}", to_string(configuration)));
  Forecast result;
  result.instance = result.duration = row->duration;
  result.cost = row->cost;
  return result;
}

InstanceLoad fullest(const Configuration& configuration, const Split& share) {
  return {configuration.memory, configuration.processes, share.jobs_per_instance, share.instances};
}

int jobs_of_last(int jobs, const Split& share) {
  return jobs - (share.instances - 1) * share.jobs_per_instance;
}

InstanceLoad last_of(const Configuration& configuration, int jobs, const Split& share) {
  return {configuration.memory, configuration.processes, jobs_of_last(jobs, share),
          share.instances};
}

// `full` and `last` are what the fullest and the last instance take, `step` the whole step.
Usd cost_of(const pricing::PriceSheet& prices, CostRule rule, bool is_map, MemoryMb memory,
            int instances, Seconds full, Seconds last, Seconds step) {
  if (rule == CostRule::paper) return pricing::paper_cost(prices, memory, instances, step);
  const std::array<pricing::InstanceUse, 2> uses = {pricing::InstanceUse{instances - 1, full},
                                                    pricing::InstanceUse{1, last}};
  return pricing::billed_cost(prices, memory, uses, is_map);
}

Forecast from_fit(const FittedFunction& function, const pricing::PriceSheet& prices, CostRule rule,
                  bool is_map, int jobs, const Configuration& configuration) {
  const Split share = split(jobs, configuration.instances);
  const InstanceLoad full = fullest(configuration, share);
  if (std::string why_not = function.memory.why_not(full); !why_not.empty())
    return infeasible(why_not);
  const Seconds last = function.duration.predict(last_of(configuration, jobs, share));
  const StepDistribution step(function, full, function.duration.predict(full), last);
  Forecast result;
  result.instance = step.instance();
  result.duration = step.mean();
  result.cost = cost_of(prices, rule, is_map, full.memory, share.instances, result.instance, last,
                        result.duration);
  return result;
}

// The loads of the fullest instances, then those of the last ones; which of them each of `shapes`
// has. Different shapes often have the same.
struct Loads {
  std::vector<LoadShape> loads;
  std::vector<std::size_t> full, last;

  Loads(int jobs, std::span<const Shape> shapes) {
    const auto place_of = [&](const LoadShape& load) {
      const auto found = std::ranges::find(loads, load);
      if (found == loads.end()) return loads.push_back(load), loads.size() - 1;
      return static_cast<std::size_t>(found - loads.begin());
    };
    for (const auto& [instances, processes] : shapes) {
      const Split share = split(jobs, instances);
      full.push_back(place_of({processes, share.jobs_per_instance, share.instances}));
      last.push_back(place_of({processes, jobs_of_last(jobs, share), share.instances}));
    }
  }
};

ForecastQuantiles quantiles_of(const Table& table, int, const Configuration& configuration) {
  ForecastQuantiles result;
  const Option* row = row_of(table, configuration);
  if (!row) return result;
  const auto at = [&](double probability) {
    return row->duration * lognormal_quantile(table.noise_cv, probability);
  };
  result.p50 = at(0.50);
  result.p95 = result.instance_p95 = at(0.95);
  result.p99 = result.instance_p99 = at(0.99);
  return result;
}

ForecastQuantiles quantiles_of(const FittedFunction& function, int jobs,
                               const Configuration& configuration) {
  const Split share = split(jobs, configuration.instances);
  const InstanceLoad full = fullest(configuration, share);
  const StepDistribution step(function, full, function.duration.predict(full),
                              function.duration.predict(last_of(configuration, jobs, share)));
  // What delays a cold instance is seen in its mapping delay where that was measured, else in INIT.
  const double late = std::max(function.dispatch.cold_s, function.cold.init_s);
  return {.instance_p95 = step.instance_quantile(0.95),
          .instance_p99 = step.instance_quantile(0.99),
          .p50 = step.quantile(0.50),
          .p95 = step.quantile(0.95),
          .p99 = step.quantile(0.99),
          .cold = Seconds(late) + function.cold.first_call(configuration.memory)};
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

std::vector<Option> options_of(const FittedFunction& function, const pricing::PriceSheet& prices,
                               CostRule rule, bool is_map, int jobs,
                               std::span<const MemoryMb> memories, std::span<const Shape> shapes) {
  const Loads loads(jobs, shapes);
  const std::vector<Seconds> seconds = function.duration.predict(memories, loads.loads);
  std::vector<Option> result;
  result.reserve(memories.size() * shapes.size());
  for (std::size_t m = 0; m < memories.size(); ++m) {
    const Seconds* row = seconds.data() + m * loads.loads.size();
    for (std::size_t s = 0; s < shapes.size(); ++s) {
      const LoadShape& shape = loads.loads[loads.full[s]];
      const InstanceLoad full{memories[m], shape.processes, shape.jobs, shape.instances};
      if (!function.memory.allows(full)) continue;
      const Seconds instance = row[loads.full[s]], last = row[loads.last[s]];
      const Seconds duration = StepDistribution(function, full, instance, last).mean();
      result.push_back(
          {{memories[m], shapes[s].instances, shapes[s].processes},
           duration,
           cost_of(prices, rule, is_map, memories[m], shape.instances, instance, last, duration)});
    }
  }
  return result;
}

ForecastQuantiles quantiles(const FunctionModel& model, int jobs,
                            const Configuration& configuration) {
  return std::visit([&](const auto& m) { return quantiles_of(m, jobs, configuration); }, model);
}

}  // namespace stepconf::estimator
