#pragma once

#include <span>
#include <string>
#include <vector>

#include "stepconf/base/units.h"
#include "stepconf/estimator/configuration.h"
#include "stepconf/estimator/models.h"
#include "stepconf/estimator/option.h"
#include "stepconf/pricing/price_sheet.h"

namespace stepconf::estimator {

/// How a step's cost is counted.
enum class CostRule {
  /// As the vendor bills it.
  billed,
  /// As the paper does, for comparison: the step's whole duration for every instance.
  paper,
};

/// Reads "billed" or "paper". Throws InvalidInput.
CostRule parse_cost_rule(const std::string& name);

/// What a step with one configuration will take and cost on average.
struct Forecast {
  /// Why the configuration cannot run; empty where it can. The figures are meaningless where it is
  /// not empty.
  std::string why_not;
  /// The fullest instance, warm, without mapping delay.
  Seconds instance{0};
  /// The whole step: mapping delay and slowest instance.
  Seconds duration{0};
  Usd cost;
};

/// Predicts a step of `jobs` jobs (at least 1) under `configuration`. `is_map` decides its
/// transitions. Of a table, the row of exactly that configuration.
Forecast forecast(const FunctionModel& model, const pricing::PriceSheet& prices, CostRule rule,
                  bool is_map, int jobs, const Configuration& configuration);

/// How jobs are dealt out: instances asked for, and processes in each.
struct Shape {
  int instances = 1;
  int processes = 1;
};

/// Predicts a step of `jobs` jobs for every memory size with every shape, memory by memory, and
/// lists what can run. Bit for bit what `forecast` gives for each, at a fraction of the cost.
std::vector<Option> options_of(const FittedFunction& function, const pricing::PriceSheet& prices,
                               CostRule rule, bool is_map, int jobs,
                               std::span<const MemoryMb> memories, std::span<const Shape> shapes);

/// How far a forecast's figures may be exceeded, and what a cold start adds.
struct ForecastQuantiles {
  /// Of one instance, warm, without mapping delay.
  Seconds instance_p95{0}, instance_p99{0};
  /// Of the whole step: mapping delay and slowest instance.
  Seconds p50{0}, p95{0}, p99{0};
  /// What an instance is later and slower whose sandbox has to be made; 0 where it is not known.
  Seconds cold{0};
};

/// Predicts quantiles of a step that can run, see `forecast`.
ForecastQuantiles quantiles(const FunctionModel& model, int jobs,
                            const Configuration& configuration);

}  // namespace stepconf::estimator
