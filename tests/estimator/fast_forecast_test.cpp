// Options of a whole configuration space are computed together; each must be what its
// configuration alone gets.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "stepconf/estimator/model_options.h"

namespace stepconf::estimator {
namespace {

FittedFunction corrected() {
  Correction correction{Similarity{.memory = 0.4}, 0.1, {}};
  double weight = 0.05;
  for (const int memory : {512, 1536, 4096}) {
    for (const int processes : {1, 4}) {
      correction.anchors.push_back(
          {{MemoryMb{memory}, processes, memory / 512, processes}, weight});
      weight = -0.8 * weight;
    }
  }
  FittedFunction function{DurationModel(*find_duration_form("waves"),
                                        {0.1, 0.2, 0, 0.01, 0.5, 0.25, 2, 0.001}, correction)};
  SpreadParameters spread{.cv = 0.1, .freedom = 9};
  spread.body = {-0.2, -0.15, -0.1, -0.08, -0.05, -0.02, 0, 0.02, 0.05, 0.08, 0.1};
  spread.tail_scale = 0.05;
  function.spread = function.residual = Spread(spread);
  function.dispatch = {0.1, 0.01, 6, 0.05, 0.001, 0.002};
  function.memory.peak = MemoryNeed::Peak{100, 300};
  function.memory.fits = {{MemoryMb{1024}, 4, 8}};
  function.memory.failures = {{{MemoryMb{512}, 2, 4}, "Runtime.OutOfMemory"},
                              {{MemoryMb{1024}, 1, 32}, "Sandbox.Timedout"}};
  return function;
}

FittedFunction plain() {
  FittedFunction function{DurationModel(*find_duration_form("case2"), {1, 0, 0})};
  function.spread = function.residual = Spread({.cv = 0.2, .freedom = 5});
  function.dispatch.slope_s = 0.01;
  return function;
}

// Bits are compared: a plan must not depend on whether it was made at once or piece by piece.
RC_GTEST_PROP(FastForecasts, AreTheSingleForecastsBitForBit, ()) {
  Models models;
  models.functions.emplace("corrected", corrected());
  models.functions.emplace("plain", plain());
  const auto rule = *rc::gen::element(CostRule::billed, CostRule::paper);
  const ModelOptions options(std::move(models), pricing::price_sheet(), {}, {}, rule);
  workflow::Step step;
  step.function = *rc::gen::element("corrected", "plain");
  step.is_map = *rc::gen::arbitrary<bool>();
  step.batched = *rc::gen::weightedElement<bool>({{4, true}, {1, false}});
  step.max_concurrency = *rc::gen::element(0, 0, 5);
  const int jobs = *rc::gen::inRange(1, 300);
  const std::vector<Option> all = options.options(step, jobs);
  RC_ASSERT(!all.empty());
  for (const Option& option : all) {
    const auto alone = options.evaluate(step, jobs, option.configuration).option;
    RC_ASSERT(alone.has_value());
    RC_ASSERT(alone->duration.count() == option.duration.count());
    RC_ASSERT(alone->cost.value == option.cost.value);
  }
}

TEST(FastForecasts, LeaveOutExactlyWhatCannotRun) {
  Models models;
  models.functions.emplace("corrected", corrected());
  const ModelOptions options(std::move(models), pricing::price_sheet());
  workflow::Step step;
  step.function = "corrected";
  step.is_map = true;
  std::vector<Configuration> expected;
  const ConfigurationSpace space;
  for (const int memory : space.memory_mb) {
    for (const int instances : space.instances) {
      for (const int processes : space.processes) {
        const Configuration configuration{MemoryMb{memory}, instances, processes};
        if (options.evaluate(step, 256, configuration).option) expected.push_back(configuration);
      }
    }
  }
  std::vector<Configuration> listed;
  for (const Option& option : options.options(step, 256)) listed.push_back(option.configuration);
  EXPECT_EQ(listed, expected);
  EXPECT_LT(listed.size(), 192u);
}

// With exponential tails the sum over all earlier instances, term by term.
RC_GTEST_PROP(FastForecasts, CountRivalsAsTheSumOverAllInstances, ()) {
  const MappingDelay delay{0.1, *rc::gen::element(0.0, 0.004, 0.1), 8, 0.02, 0.001};
  const int instances = *rc::gen::inRange(1, 40);
  const double tail = *rc::gen::element(0.01, 0.1, 2.0);
  double sum = 0;
  for (int i = 1; i <= instances; ++i)
    sum += std::exp((delay.at(i, instances) - delay.at(instances)).count() / tail);
  // What counts less than a thousandth beyond the knee ends the sum.
  RC_ASSERT(std::abs(delay.rivals(instances, Seconds(tail)) - sum) < 0.02);
}

}  // namespace
}  // namespace stepconf::estimator
