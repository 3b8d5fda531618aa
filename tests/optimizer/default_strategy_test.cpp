#include "stepconf/optimizer/default_strategy.h"

#include <gtest/gtest.h>

#include "tests/optimizer/table_options.h"

namespace stepconf::optimizer {
namespace {

const workflow::Workflow kOneStep = testing::workflow_of(workflow::Graph(1));

estimator::Models fitted_from(double samples) {
  estimator::Models models;
  const estimator::DurationModel duration(*estimator::duration_forms().front(), {1, 1, 1, 1});
  models.functions.emplace(
      "a", estimator::FittedFunction{.duration = duration,
                                     .spread = estimator::Spread({.cv = 0.1, .freedom = samples})});
  return models;
}

estimator::Models table_with(double noise) {
  estimator::Models models;
  models.functions.emplace("a",
                           estimator::Table{{{{MemoryMb{512}, 1, 1}, Seconds(1), Usd{1}}}, noise});
  return models;
}

TEST(DefaultStrategy, IsPercentileWhereTheTailWasSeen) {
  EXPECT_EQ(default_strategy(fitted_from(59), kOneStep, 0.95).name, "percentile");
  EXPECT_EQ(default_strategy(fitted_from(299), kOneStep, 0.99).name, "percentile");
  EXPECT_EQ(default_strategy(table_with(0.1), kOneStep, 0.95).name, "percentile");
}

TEST(DefaultStrategy, IsStepconfElseAndSaysWhy) {
  const DefaultStrategy few = default_strategy(fitted_from(58), kOneStep, 0.95);
  EXPECT_EQ(few.name, "stepconf");
  EXPECT_EQ(few.why_not,
            "function a: its scatter is known from 58 samples, 59 are needed to see the 95th "
            "percentile");
  EXPECT_EQ(default_strategy(fitted_from(298), kOneStep, 0.99).name, "stepconf");
  EXPECT_EQ(default_strategy(table_with(0), kOneStep, 0.95).why_not,
            "function a: its table says nothing of noise");
}

}  // namespace
}  // namespace stepconf::optimizer
