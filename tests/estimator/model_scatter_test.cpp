#include "stepconf/estimator/model_scatter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace stepconf::estimator {
namespace {

// 1 s of one vCPU a job; instances scatter by `cv`.
FittedFunction worker(double cv, MappingDelay delay = {}) {
  FittedFunction result{DurationModel(*find_duration_form("case2"), {1, 0, 0})};
  result.dispatch = delay;
  result.spread = result.residual = Spread({.cv = cv});
  return result;
}

Models one(FunctionModel model) {
  Models models;
  models.functions.emplace("f", std::move(model));
  return models;
}

workflow::Step step(int jobs) {
  workflow::Step result;
  result.name = result.function = "f";
  result.jobs = jobs;
  result.is_map = true;
  return result;
}

Option option_of(const ModelOptions& options, int jobs, int instances) {
  const Evaluation found = options.evaluate(step(jobs), jobs, {MemoryMb{1769}, instances, 1});
  return found.option.value();
}

struct Figures {
  double mean_s = 0, mean_usd = 0;
  std::vector<double> quantiles;
};

constexpr double kProbabilities[] = {0.05, 0.5, 0.9, 0.99};

Figures drawn(const ModelScatter& scatter, int jobs, const Option& option, int draws) {
  const StepLaw law = scatter.law(step(jobs), jobs, option);
  Figures result;
  std::vector<double> seconds;
  for (int i = 0; i < draws; ++i) {
    const StepOutcome outcome =
        law.draw(Draws{.seed = 7, .execution = static_cast<std::uint64_t>(i), .step = 3});
    seconds.push_back(outcome.duration.count());
    result.mean_s += outcome.duration.count() / draws;
    result.mean_usd += outcome.cost.value / draws;
  }
  std::ranges::sort(seconds);
  for (const double p : kProbabilities)
    result.quantiles.push_back(seconds[static_cast<std::size_t>(p * draws)]);
  return result;
}

// Holds what the law says against what it draws.
void expect_consistent(const ModelScatter& scatter, int jobs, const Option& option,
                       double tolerance) {
  constexpr int kDraws = 30'000;
  const Figures seen = drawn(scatter, jobs, option, kDraws);
  std::vector<double> said(std::size(kProbabilities));
  scatter.quantiles(step(jobs), jobs, option, kProbabilities, said);
  for (std::size_t i = 0; i < said.size(); ++i)
    EXPECT_NEAR(said[i], seen.quantiles[i], tolerance * seen.quantiles[i]) << kProbabilities[i];
  const StepOutcome mean = scatter.mean(step(jobs), jobs, option);
  EXPECT_NEAR(mean.duration.count(), seen.mean_s, tolerance * seen.mean_s);
  EXPECT_NEAR(mean.cost.value, seen.mean_usd, tolerance * seen.mean_usd);
}

TEST(ModelScatter, IsTheOptionItselfWithoutScatter) {
  const ModelOptions options(one(worker(0, {.base_s = 0.1, .slope_s = 0.01})),
                             pricing::price_sheet());
  const Option option = option_of(options, 8, 4);
  const ModelScatter scatter(options);
  const StepOutcome mean = scatter.mean(step(8), 8, option);
  EXPECT_NEAR(mean.duration.count(), option.duration.count(), 1e-9);
  EXPECT_NEAR(mean.cost.value, option.cost.value, 1e-12);
  const StepOutcome drawn = scatter.draw(step(8), 8, option, {.seed = 1});
  EXPECT_NEAR(drawn.duration.count(), option.duration.count(), 1e-9);
  EXPECT_NEAR(drawn.cost.value, option.cost.value, 1e-12);
  // 2, 2, 2 and 1 job: the third ends at 0.1 + 0.03 + 2 s, before the fourth would with 2 jobs.
  EXPECT_NEAR(option_of(options, 7, 4).duration.count(), 2.13, 1e-9);
  EXPECT_NEAR(scatter.mean(step(7), 7, option_of(options, 7, 4)).duration.count(), 2.13, 1e-9);
}

TEST(ModelScatter, QuantilesAndMeansAreThoseOfItsDraws) {
  const ModelOptions options(one(worker(0.2, {.base_s = 0.1, .slope_s = 0.05, .cv = 0.3})),
                             pricing::price_sheet());
  const ModelScatter scatter(options);
  for (const int instances : {1, 3, 8})
    expect_consistent(scatter, 8, option_of(options, 8, instances), 0.012);
}

TEST(ModelScatter, NoiseIsInItsQuantilesAndMeansToo) {
  const ModelOptions options(one(worker(0.01)), pricing::price_sheet());
  const ModelScatter scatter(options, Noise{.fluctuation = Fluctuation{0.12, Tail::t3},
                                            .outliers = {.probability = 0.015},
                                            .cold = {0.05, Seconds(0.3), Seconds(1.5)},
                                            .failures = 0.02});
  for (const int instances : {1, 8})
    expect_consistent(scatter, 8, option_of(options, 8, instances), 0.03);
}

TEST(ModelScatter, AnInstanceThatFailsRepeatsItsOwnJobs) {
  const ModelOptions options(one(worker(0)), pricing::price_sheet());
  const ModelScatter scatter(options, Noise{.failures = 0.1});
  // Instances of 3 s and 2 s: 6 s where the first fails (0.1), else 4 s where the second does
  // (0.09), else 3 s (0.81).
  const Option option = option_of(options, 5, 2);
  EXPECT_NEAR(scatter.mean(step(5), 5, option).duration.count(), 3.39, 0.01);
  const double probabilities[] = {0.8, 0.85, 0.95};
  double seconds[3];
  scatter.quantiles(step(5), 5, option, probabilities, seconds);
  EXPECT_NEAR(seconds[0], 3, 1e-4);
  EXPECT_NEAR(seconds[1], 4, 1e-4);
  EXPECT_NEAR(seconds[2], 6, 1e-4);
}

TEST(ModelScatter, AForecastIsTheMeanOfItsDrawsWhereTheLastInstanceHasLessToDo) {
  for (const MappingDelay& delay : {MappingDelay{}, MappingDelay{.base_s = 0.1, .slope_s = 0.05},
                                    MappingDelay{.slope_s = 0.4}, MappingDelay{.slope_s = 1.5}}) {
    const ModelOptions options(one(worker(0.1, delay)), pricing::price_sheet());
    const ModelScatter scatter(options);
    for (const auto& [jobs, instances] : {std::pair{5, 2}, {7, 4}, {31, 16}, {100, 16}}) {
      const Option option = option_of(options, jobs, instances);
      const Figures seen = drawn(scatter, jobs, option, 20'000);
      EXPECT_NEAR(option.duration.count() / seen.mean_s, 1, 0.015)
          << delay.slope_s << " " << jobs << " " << instances;
    }
  }
}

TEST(ModelScatter, ATableScattersAsAWholeAndItsCostInProportion) {
  Table table;
  table.options = {{{MemoryMb{1024}, 4, 1}, Seconds(3), Usd{0.002}}};
  table.noise_cv = 0.1;
  const ModelOptions options(one(table), pricing::price_sheet());
  const ModelScatter scatter(options);
  const Option& row = table.options.front();
  const StepOutcome drawn = scatter.draw(step(1), 1, row, {.seed = 5});
  EXPECT_NEAR(drawn.cost.value / 0.002, drawn.duration.count() / 3, 1e-12);
  EXPECT_NE(drawn.duration, row.duration);
  // One factor for the row, whatever its instances: the median is 3 / sqrt(1 + 0.1^2).
  const double half = 0.5;
  double median = 0;
  scatter.quantiles(step(1), 1, row, {&half, 1}, {&median, 1});
  EXPECT_NEAR(median, 3 / std::sqrt(1.01), 1e-4);
  EXPECT_NEAR(scatter.mean(step(1), 1, row).duration.count(), 3, 1e-9);
}

TEST(ModelScatter, AColdStartOfAnyInstanceDelaysTheStep) {
  Table table;
  table.options = {{{MemoryMb{1024}, 2, 1}, Seconds(3), Usd{0.002}}};
  const ModelOptions options(one(table), pricing::price_sheet());
  const ModelScatter scatter(options, Noise{.cold = {0.1, Seconds(2), Seconds(2)}});
  const Option& row = table.options.front();
  const StepOutcome mean = scatter.mean(step(1), 1, row);
  // 1 - 0.9^2 = 0.19 of the executions wait for 2 s.
  EXPECT_NEAR(mean.duration.count(), 3 + 0.19 * 2, 1e-9);
  // 2 instances, each with 0.1 x 2 s of 1 GB.
  EXPECT_NEAR(mean.cost.value, 0.002 + 0.4 * 0.0000166667, 1e-9);
  const double probabilities[] = {0.80, 0.82};
  double seconds[2];
  scatter.quantiles(step(1), 1, row, probabilities, seconds);
  EXPECT_NEAR(seconds[0], 3, 1e-6);
  EXPECT_NEAR(seconds[1], 5, 1e-6);
}

TEST(ModelScatter, MoreInstancesShareTheFirstOnesLuck) {
  const ModelOptions options(one(worker(0.2)), pricing::price_sheet());
  const ModelScatter scatter(options);
  std::vector<InstanceRun> two, four;
  scatter.law(step(8), 8, option_of(options, 8, 2)).draw({.seed = 3}, two);
  scatter.law(step(8), 8, option_of(options, 8, 4)).draw({.seed = 3}, four);
  for (int i = 0; i < 2; ++i)
    EXPECT_NEAR(two[i].duration / four[i].duration, 2, 1e-9);  // 4 jobs each, and 2
}

TEST(FactorTable, AT3FactorIsTheClosedFormsDividedByItsMean) {
  // P(t3 <= 2.353363) = 0.95; with a CV of 0.1 the factor is 1 + 0.1 x 2.353363 / sqrt(3), and the
  // floor at 0.05 lifts the mean to 1.0001.
  const FactorTable table(Fluctuation{0.1, Tail::t3});
  EXPECT_NEAR(table.quantile(0.95, 0.05), 1.135872, 2e-4);
  EXPECT_NEAR(table.above(1.135872), 0.05, 2e-4);
}

}  // namespace
}  // namespace stepconf::estimator
