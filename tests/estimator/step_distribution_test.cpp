#include "stepconf/estimator/step_distribution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "stepconf/estimator/forecast.h"

namespace stepconf::estimator {
namespace {

// 1 s of one vCPU a job; instances scatter by 20 %.
FittedFunction worker(MappingDelay delay = {}) {
  FittedFunction result{DurationModel(*find_duration_form("case2"), {1, 0, 0})};
  result.dispatch = delay;
  result.spread = result.residual = Spread({.cv = 0.2});
  return result;
}

InstanceLoad load(int instances) { return {MemoryMb{1769}, 1, 2, instances}; }

// The step simulated: the latest of `instances`, each after its own mapping delay.
std::vector<double> simulated(const FittedFunction& function, int instances) {
  std::mt19937 random(17);
  std::lognormal_distribution<double> factor(-std::log1p(0.04) / 2, std::sqrt(std::log1p(0.04)));
  std::vector<double> steps(20'000);
  for (double& step : steps) {
    for (int i = 1; i <= instances; ++i) {
      const double delay = function.dispatch.at(i, instances).count();
      step = std::max(step, delay + 2 * factor(random));
    }
  }
  std::ranges::sort(steps);
  return steps;
}

TEST(StepDistribution, IsTheInstancesOwnWithoutSpreadAndDelay) {
  FittedFunction function{DurationModel(*find_duration_form("case2"), {1, 0, 0})};
  const StepDistribution step(function, load(8));
  EXPECT_EQ(step.mean(), Seconds{2});
  EXPECT_EQ(step.quantile(0.99), Seconds{2});
}

TEST(StepDistribution, FollowsASimulationOfTheLatestInstance) {
  const MappingDelay none, spread_out{0.1, 0.05}, knee{0.1, 0.01, 8, 0.2, 0.01};
  for (const MappingDelay& delay : {none, spread_out, knee}) {
    const FittedFunction function = worker(delay);
    for (const int instances : {1, 4, 16}) {
      const std::vector<double> steps = simulated(function, instances);
      const StepDistribution step(function, load(instances));
      double mean = 0;
      for (const double value : steps) mean += value / static_cast<double>(steps.size());
      EXPECT_NEAR(step.mean().count() / mean, 1, 0.03) << instances << " " << delay.slope_s;
      EXPECT_NEAR(step.quantile(0.95).count() / steps[19'000], 1, 0.03)
          << instances << " " << delay.slope_s;
      EXPECT_NEAR(step.quantile(0.99).count() / steps[19'800], 1, 0.04)
          << instances << " " << delay.slope_s;
    }
  }
}

TEST(StepDistribution, WidensAwayFromWhatWasMeasured) {
  FittedFunction function = worker();
  function.model_error = {0.01, 0.2, {load(1)}};
  const StepDistribution measured(function, load(1));
  EXPECT_NEAR(measured.instance_quantile(0.95).count(),
              StepDistribution(worker(), load(1)).instance_quantile(0.95).count(), 1e-9);
  const InstanceLoad far{MemoryMb{128}, 1, 2, 1};
  const StepDistribution unseen(function, far);
  EXPECT_GT(unseen.instance_quantile(0.95) / unseen.instance(),
            1.05 * (measured.instance_quantile(0.95) / measured.instance()));
  EXPECT_LT(unseen.instance_quantile(0.05) / unseen.instance(),
            measured.instance_quantile(0.05) / measured.instance());
}

TEST(StepDistribution, CountsTheScatterOfTheMappingDelay) {
  const MappingDelay steady{1, 0, {}, 0, 0, 0, 0, 0}, jittery{1, 0, {}, 0, 0, 0, 0, 0.5};
  EXPECT_GT(StepDistribution(worker(jittery), load(1)).quantile(0.95),
            StepDistribution(worker(steady), load(1)).quantile(0.95) + Seconds{0.1});
}

TEST(Forecast, StragglesMoreWithMoreInstances) {
  const auto of = [](int instances) {
    return forecast(worker(), pricing::price_sheet(), CostRule::billed, true, 2 * instances,
                    {MemoryMb{1769}, instances, 1});
  };
  EXPECT_EQ(of(1).duration, of(1).instance);
  EXPECT_EQ(of(32).instance, of(1).instance);
  EXPECT_GT(of(32).duration, of(4).duration);
}

TEST(Quantiles, TellWhatAColdStartAdds) {
  FittedFunction function = worker();
  function.cold = {.init_s = 0.3, .first_call_s = 0.1, .first_call_work = 0.5, .samples = 4};
  // INIT, and a first call of 0.1 s + 0.5 vCPU s on half a vCPU.
  const Configuration half{MemoryMb{885}, 1, 1};
  EXPECT_NEAR(quantiles(function, 1, half).cold.count(), 0.3 + 0.1 + 0.5 * 1769 / 885, 1e-9);
  // What was seen in the mapping delay holds INIT too.
  function.dispatch.cold_s = 0.4;
  EXPECT_NEAR(quantiles(function, 1, half).cold.count(), 0.4 + 0.1 + 0.5 * 1769 / 885, 1e-9);
}

TEST(Quantiles, OfATableFollowItsNoise) {
  const Configuration configuration{MemoryMb{512}, 2, 1};
  const Table table{{Option{configuration, Seconds{3}, Usd{1}}}, 0.1};
  const ForecastQuantiles result = quantiles(table, 1, configuration);
  EXPECT_NEAR(result.p95.count(), 3 * lognormal_quantile(0.1, 0.95), 1e-12);
  EXPECT_LT(result.p50, result.p99);
}

}  // namespace
}  // namespace stepconf::estimator
