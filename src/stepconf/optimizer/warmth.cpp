#include "stepconf/optimizer/warmth.h"

#include <algorithm>

#include "stepconf/estimator/configuration.h"

namespace stepconf::optimizer {

ColdCharge cold_charge(const estimator::ColdStart& cold, const estimator::MappingDelay& dispatch,
                       const pricing::PriceSheet& prices, MemoryMb memory) {
  const Seconds first_call = cold.first_call(memory);
  const double billed_s = cold.init_s + first_call.count();
  const double gigabytes = memory.value / 1024.0;
  return {Seconds(std::max(dispatch.cold_s, cold.init_s)) + first_call,
          Usd{billed_s * gigabytes * prices.usd_per_gb_second}};
}

std::vector<estimator::Option> weigh_cold_starts(
    std::vector<estimator::Option> options, int jobs, const WarmSandboxes& warm,
    const std::function<ColdCharge(MemoryMb)>& charge) {
  for (estimator::Option& option : options) {
    const MemoryMb memory = option.configuration.memory;
    const auto pool = warm.find(memory);
    const int idle = pool == warm.end() ? 0 : pool->second;
    const int cold = estimator::split(jobs, option.configuration.instances).instances - idle;
    if (cold <= 0) continue;
    const ColdCharge added = charge(memory);
    option.duration += added.late;
    option.cost += added.each * cold;
  }
  return options;
}

}  // namespace stepconf::optimizer
