#include "stepconf/pricing/bill.h"

#include <cmath>

namespace stepconf::pricing {
namespace {

// 0.1 s is not exactly 100 ms in binary: without the tolerance, whole milliseconds would be billed
// one too long.
constexpr double kToleranceMs = 1e-6;

double gigabytes(MemoryMb memory) { return memory.value / 1024.0; }

}  // namespace

int transitions(Orchestrator orchestrator, bool is_map, int instances) {
  if (orchestrator != Orchestrator::standard) return 0;
  return is_map ? 1 + instances : 1;
}

Usd instance_cost(const PriceSheet& prices, MemoryMb memory, Seconds duration, Seconds init) {
  const double milliseconds = std::ceil((duration + init).count() * 1000 - kToleranceMs);
  return {milliseconds / 1000 * gigabytes(memory) * prices.usd_per_gb_second +
          prices.usd_per_request};
}

Usd billed_cost(const PriceSheet& prices, MemoryMb memory, std::span<const InstanceUse> uses,
                bool is_map) {
  Usd cost;
  int instances = 0;
  for (const InstanceUse& use : uses) {
    cost += instance_cost(prices, memory, use.duration, use.init) * use.instances;
    instances += use.instances;
  }
  // A price that the user gave for an orchestrator without transitions counts nothing either.
  return cost +
         Usd{prices.usd_per_transition} * transitions(prices.orchestrator, is_map, instances);
}

Usd paper_cost(const PriceSheet& prices, MemoryMb memory, int instances, Seconds step_duration) {
  const double mu0 = prices.usd_per_gb_second;
  const double mu1 = prices.usd_per_request + prices.usd_per_transition;
  return {instances * (step_duration.count() * gigabytes(memory) * mu0 + mu1)};
}

}  // namespace stepconf::pricing
