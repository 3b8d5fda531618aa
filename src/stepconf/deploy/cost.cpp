#include "stepconf/deploy/cost.h"

#include <cmath>

namespace stepconf::deploy {
namespace {

// DynamoDB on demand in us-east-1, 2026-11 (https://aws.amazon.com/dynamodb/pricing/on-demand/). A
// decision reads one item consistently and writes one, each of at most a unit for workflows of
// some ten steps.
constexpr double kReadUnit = 0.125e-6;
constexpr double kWriteUnit = 0.625e-6;

}  // namespace

DeploymentCost deployment_cost(const WantedState& wanted, double added_transitions,
                               Seconds configurator_time, const pricing::PriceSheet& prices) {
  DeploymentCost cost;
  const WantedFunction& configurator = wanted.functions.back();
  const double billed_s = std::ceil(configurator_time.count() * 1000) / 1000;
  const double gb = configurator.sizes.front().value / 1024.0;
  cost.per_decision.value = prices.usd_per_request + gb * billed_s * prices.usd_per_gb_second +
                            (wanted.table ? kReadUnit + kWriteUnit : 0);
  cost.per_execution_transitions.value = added_transitions * prices.usd_per_transition;
  for (const WantedFunction& function : wanted.functions) {
    const auto versions = static_cast<int>(function.sizes.size());
    cost.versions += versions;
    if (function.code.zip) cost.code_bytes += function.code.zip->size() * (versions + 1ULL);
  }
  for (const WantedLayer& layer : wanted.layers) {
    if (layer.code.zip) cost.code_bytes += layer.code.zip->size();
  }
  return cost;
}

}  // namespace stepconf::deploy
