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

ColdCharge cold_charge(const estimator::ColdStarts& cold, const pricing::PriceSheet& prices,
                       MemoryMb memory, int instances) {
  const double latest = static_cast<double>(instances) / (instances + 1);
  const Seconds mean = (cold.least + cold.greatest) / 2;
  const double gigabytes = memory.value / 1024.0;
  return {cold.least + (cold.greatest - cold.least) * latest,
          Usd{mean.count() * gigabytes * prices.usd_per_gb_second}};
}

ColdCharges cold_charges(const estimator::ModelOptions& options) {
  return [&options](const workflow::Step& step, MemoryMb memory, int /*cold*/) {
    const auto* fitted =
        std::get_if<estimator::FittedFunction>(&options.models().at(step.function));
    if (fitted == nullptr) return ColdCharge{};
    return cold_charge(fitted->cold, fitted->dispatch, options.prices(), memory);
  };
}

int cold_instances(const estimator::Configuration& configuration, int jobs,
                   const WarmSandboxes& warm) {
  const auto pool = warm.find(configuration.memory);
  const int idle = pool == warm.end() ? 0 : pool->second;
  return std::max(0, estimator::split(jobs, configuration.instances).instances - idle);
}

std::vector<estimator::Option> weigh_cold_starts(std::vector<estimator::Option> options,
                                                 const workflow::Step& step, int jobs,
                                                 const WarmSandboxes& warm,
                                                 const ColdCharges& charges) {
  for (estimator::Option& option : options) {
    const int cold = cold_instances(option.configuration, jobs, warm);
    if (cold == 0) continue;
    const ColdCharge added = charges(step, option.configuration.memory, cold);
    option.duration += added.late;
    option.cost += added.each * cold;
  }
  return options;
}

}  // namespace stepconf::optimizer
