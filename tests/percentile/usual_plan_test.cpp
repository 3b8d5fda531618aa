#include "stepconf/percentile/usual_plan.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

#include "stepconf/percentile/price.h"
#include "tests/percentile/problems.h"

namespace stepconf::percentile {
namespace {

using namespace testing;

constexpr PriceOptions kQuick{.resolution = {128, 16, 16}, .runs = 1000};

TEST(UsualPlan, TakesAllOfTheSlo) {
  // 0.1 s + 0.2 s in 0.3 s. Everything else that is in time costs 5 + 2 or 2 + 5 or 5 + 5.
  const Problem problem{series({leaf(0), leaf(1)}),
                        {{certain(0.05, 5), certain(0.1, 2)}, {certain(0.1, 5), certain(0.2, 2)}},
                        0.3};
  EXPECT_EQ(usual_plan(problem), (std::vector<int>{1, 1}));
  Pricing pricing(problem);
  const Promise promise = pricing.attain(0.95);
  EXPECT_TRUE(promise.attained);
  EXPECT_EQ(promise.predicted.attainment, 1);
  EXPECT_EQ(promise.predicted.usd, 4);
}

TEST(UsualPlan, IsAbsentWhereNothingIsInTime) {
  EXPECT_FALSE(usual_plan({series({leaf(0), leaf(1)}), {{certain(1, 2)}, {certain(2, 1)}}, 2.99}));
}

TEST(UsualPlan, IsAbsentWhereNoExecutionGoesAsPlanned) {
  // Of each step the usual part is one of forty, of probability 0.05: two steps 0.0025.
  std::mt19937_64 random(3);
  EXPECT_FALSE(
      usual_plan({series({leaf(0), leaf(1)}), {scattering(random), scattering(random)}, 9}));
}

TEST(UsualPlan, IsFollowedAsLongAsAllGoesAsUsual) {
  // Beside each other 1 s and 2 s, then 1 s, in 3 s; in a fiftieth the first step takes 5 s, too
  // late whatever follows.
  const Problem problem{
      series({parallel({leaf(0), leaf(1)}), leaf(2)}),
      {{mostly(1, 5, 2, 2)}, {certain(1, 9), certain(2, 3)}, {certain(0.5, 7), certain(1, 1)}},
      3};
  Pricing pricing(problem, kQuick);
  const Promise promise = pricing.attain(0.95);
  EXPECT_TRUE(promise.attained);
  EXPECT_NEAR(promise.predicted.attainment, 0.98, 1e-9);
  EXPECT_NEAR(promise.predicted.usd, 2 + 3 + 1, 0.02 * 6);
}

TEST(UsualPlan, PassesOverStepsThatRunNothingAndThroughChoices) {
  const Problem problem{series({leaf(0), choice({leaf(1), leaf(2)}, {0.5, 0.25}), leaf(3)}),
                        {{certain(1, 4), certain(2, 1)},
                         {},
                         {certain(1, 3), certain(3, 1)},
                         {certain(1, 9), certain(2, 2)}},
                        7};
  EXPECT_EQ(usual_plan(problem), (std::vector<int>{1, -1, 1, 1}));
  Pricing pricing(problem, kQuick);
  const Promise promise = pricing.attain(0.9);
  EXPECT_EQ(promise.predicted.attainment, 1);
  EXPECT_NEAR(promise.predicted.usd, 1 + 0.25 * 1 + 2, 1e-9);
}

// All plans, one after the other.
double least_usd(const Problem& problem, const Chains& chains) {
  const std::size_t steps = problem.alternatives.size();
  std::vector<std::size_t> plan(steps, 0);
  double least = std::numeric_limits<double>::infinity();
  const auto length = [&](const auto& self, int chain) -> double {
    double sum = 0;
    for (const Element& element : chains.chains[chain].elements) {
      double longest = 0;
      if (element.step >= 0)
        longest = problem.alternatives[element.step][plan[element.step]].parts[0];
      for (const int below : element.chains) longest = std::max(longest, self(self, below));
      sum += longest;
    }
    return sum;
  };
  for (;;) {
    double usd = 0;
    for (std::size_t step = 0; step < steps; ++step)
      usd += problem.alternatives[step][plan[step]].usd;
    if (length(length, 0) <= problem.slo * (1 + kForgiven / 2)) least = std::min(least, usd);
    std::size_t step = 0;
    while (step < steps && ++plan[step] == problem.alternatives[step].size()) plan[step++] = 0;
    if (step == steps) return least;
  }
}

RC_GTEST_PROP(UsualPlan, IsTheCheapestOfAllPlansAndPromisedWhereNothingScatters, ()) {
  Problem problem{
      series({leaf(0), parallel({series({leaf(1), leaf(2)}), leaf(3)}), leaf(4)}), {}, 1};
  for (int step = 0; step < 5; ++step) {
    auto& alternatives = problem.alternatives.emplace_back();
    for (const int usd : {9, 5, 2}) {
      const int tenths = *rc::gen::inRange(1, 20) + (9 - usd) * 3;
      alternatives.push_back(certain(tenths * 0.1, usd));
    }
  }
  problem.slo = 0.1 * *rc::gen::inRange(10, 200);
  const double least = least_usd(problem, lay_out(problem));
  Pricing pricing(problem, kQuick);
  const Promise promise = pricing.attain(0.95);
  RC_ASSERT(promise.attained == std::isfinite(least));
  if (promise.attained) RC_ASSERT(std::abs(promise.predicted.usd - least) < 1e-9);
}

}  // namespace
}  // namespace stepconf::percentile
