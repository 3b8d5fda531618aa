#include <algorithm>
#include <cmath>

#include "stepconf/estimator/step_law.h"
#include "stepconf/pricing/bill.h"

namespace stepconf::estimator {
namespace {

// What the draws of an instance are for. An attempt takes three.
enum Purpose {
  kFactor = 0,
  kIsOutlier = 1,
  kOutlier = 2,
  kIsCold = 3,
  kInit = 4,
  kDelay = 5,
  kFails = 6,
  kRetry = 7
};

}  // namespace

double StepLaw::slowed(const Draws& draws, int instance, int first_purpose) const {
  double factor = 1;
  if (!parts_.factor->constant()) {
    const double u = draws.uniform(instance, first_purpose + kFactor);
    factor = parts_.factor->quantile(u, 1 - u);
  }
  const Outliers& outliers = parts_.outliers;
  if (outliers.probability > 0 &&
      draws.uniform(instance, first_purpose + kIsOutlier) < outliers.probability) {
    factor *= std::lerp(outliers.least, outliers.greatest,
                        draws.uniform(instance, first_purpose + kOutlier));
  }
  return factor;
}

void StepLaw::draw(const Draws& draws, std::vector<InstanceRun>& runs) const {
  const auto instances = static_cast<int>(parts_.delays.size());
  runs.assign(instances, {});
  const double common = parts_.shared_factor ? slowed(draws, 0, kFactor) : 1;
  for (int i = 0; i < instances; ++i) {
    InstanceRun& run = runs[i];
    run.delay = Seconds(parts_.delays[i]);
    if (!parts_.delay_factor->constant()) {
      const double u = draws.uniform(i, kDelay);
      run.delay *= parts_.delay_factor->quantile(u, 1 - u);
    }
    const ColdStarts& cold = parts_.cold;
    if (cold.greatest > Seconds(0)) {
      run.cold = draws.uniform(i, kIsCold) < cold.probability;
      run.init = cold.least;
      if (cold.greatest > cold.least)
        run.init += (cold.greatest - cold.least) * draws.uniform(i, kInit);
    }
    const Seconds alone = i + 1 == instances ? parts_.last : parts_.full;
    run.duration = alone * (parts_.shared_factor ? common : slowed(draws, i, kFactor));
    if (parts_.failures > 0 && draws.uniform(i, kFails) < parts_.failures) {
      run.failed = true;
      run.retry = alone * slowed(draws, i, kRetry);
    }
  }
}

StepOutcome StepLaw::outcome(std::span<const InstanceRun> runs) const {
  StepOutcome result;
  for (const InstanceRun& run : runs) result.duration = std::max(result.duration, run.end());
  if (parts_.foreign) return result;
  const MemoryMb memory = parts_.configuration.memory;
  if (parts_.shared_factor) {
    const auto share = [&](Seconds duration) {
      return parts_.full > Seconds(0) ? duration / parts_.full : 1;
    };
    result.cost = parts_.cost * share(runs.front().duration);
    for (const InstanceRun& run : runs) {
      if (run.cold) {
        result.cost +=
            Usd{run.init.count() * memory.value / 1024.0 * parts_.prices.usd_per_gb_second};
      }
      if (run.failed)
        result.cost += parts_.cost * (share(run.retry) / static_cast<double>(runs.size()));
    }
    return result;
  }
  if (parts_.rule == CostRule::paper) {
    result.cost =
        pricing::paper_cost(parts_.prices, memory, static_cast<int>(runs.size()), result.duration);
    return result;
  }
  const int one = pricing::transitions(parts_.prices.orchestrator, false, 1);
  for (const InstanceRun& run : runs) {
    result.cost += pricing::instance_cost(parts_.prices, memory, run.duration,
                                          run.cold ? run.init : Seconds(0));
    if (run.failed) {
      result.cost += pricing::instance_cost(parts_.prices, memory, run.retry) +
                     Usd{parts_.prices.usd_per_transition * one};
    }
  }
  return {result.duration,
          result.cost + Usd{parts_.prices.usd_per_transition *
                            pricing::transitions(parts_.prices.orchestrator, parts_.is_map,
                                                 static_cast<int>(runs.size()))}};
}

StepOutcome StepLaw::draw(const Draws& draws) const {
  std::vector<InstanceRun> runs;
  draw(draws, runs);
  return outcome(runs);
}

}  // namespace stepconf::estimator
