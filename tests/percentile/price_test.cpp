#include "stepconf/percentile/price.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "tests/percentile/problems.h"

namespace stepconf::percentile {
namespace {

using namespace testing;

Tree random_tree(std::mt19937_64& random, int steps, int& next, bool in_series) {
  if (steps == 1) return leaf(next++);
  const int first = 1 + static_cast<int>(random() % (steps - 1));
  std::vector<Tree> parts;
  parts.push_back(random_tree(random, first, next, !in_series));
  parts.push_back(random_tree(random, steps - first, next, !in_series));
  return in_series ? series(std::move(parts)) : parallel(std::move(parts));
}

Problem random_problem(std::uint64_t seed, int steps, double slack) {
  std::mt19937_64 random(seed);
  int next = 0;
  Problem problem{random_tree(random, steps, next, true), {}, 1};
  for (int step = 0; step < steps; ++step) problem.alternatives.push_back(scattering(random));
  problem.slo = slack * lay_out(problem).chains[0].fastest_seconds;
  return problem;
}

constexpr PriceOptions kQuick{.resolution = {128, 16, 16}, .runs = 2000};

TEST(Price, IsTheLowestThatAttainsTheTarget) {
  Pricing pricing(random_problem(3, 6, 2), kQuick);
  const Promise promise = pricing.attain(0.95);
  ASSERT_TRUE(promise.attained);
  EXPECT_GE(promise.predicted.attainment, 0.95);
  EXPECT_LT(pricing.at(promise.log_price - 0.5).predicted.attainment, 0.95);
}

TEST(Price, IsHighWhereThatCostsNothing) {
  Pricing pricing({leaf(0), {{certain(1, 5), certain(2, 1)}}, 10}, kQuick);
  const Promise promise = pricing.attain(0.99);
  EXPECT_TRUE(promise.attained);
  EXPECT_EQ(promise.log_price, kMostLogPrice);
  EXPECT_EQ(promise.predicted.usd, 1);
}

TEST(Price, SaysHowMuchIsInReachWhereTheTargetIsNot) {
  // One run in ten takes at least 5 s of 4, whatever is paid: the tail is 0.08 + 0.04 + ... long.
  Pricing pricing({leaf(0), {{mostly(1, 5, 5, 2), mostly(2, 6, 5, 1)}}, 4}, kQuick);
  const Promise promise = pricing.attain(0.9);
  EXPECT_FALSE(promise.attained);
  EXPECT_NEAR(promise.predicted.attainment, 1 - 0.16, 1e-9);
}

RC_GTEST_PROP(Price, BuysAttainmentUpToNoise, ()) {
  const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1000);
  const int steps = *rc::gen::inRange(2, 7);
  Pricing pricing(random_problem(seed, steps, 2), kQuick);
  double before = 0, usd_before = 0;
  for (const double log_price : {-1.0, 0.0, 1.0, 2.0}) {
    const Outcome& outcome = pricing.at(log_price).predicted;
    RC_ASSERT(outcome.attainment >= before - 0.02);
    RC_ASSERT(outcome.usd >= usd_before * 0.95);
    before = outcome.attainment;
    usd_before = outcome.usd;
  }
}

RC_GTEST_PROP(Rehearsal, CostsWhatTheTablesExpectUpToMisses, ()) {
  const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1000);
  Pricing pricing(random_problem(seed, 6, 2.5), {.runs = 4000});
  const Promise& promise = pricing.at(0);
  const double slo = pricing.problem().slo;
  const double expected = promise.tables->expected_usd(0, 0, 0, slo);
  // Misses cost at least `miss` each. Lateness is added over branches, and a class stands for the
  // dearest of its shapes: expectation is above, if anything.
  const double paid =
      promise.predicted.usd + (1 - promise.predicted.attainment) * promise.tables->miss();
  RC_ASSERT(expected > paid * 0.99);
  RC_ASSERT(expected < paid * 1.05);
}

TEST(Rehearsal, GivesTheSameForTheSameSeed) {
  Pricing one(random_problem(8, 8, 2), kQuick), other(random_problem(8, 8, 2), kQuick);
  EXPECT_EQ(one.at(0.5).predicted.usd, other.at(0.5).predicted.usd);
  EXPECT_EQ(one.at(0.5).predicted.attainment, other.at(0.5).predicted.attainment);
}

TEST(Rehearsal, GoesEachWayOfAChoiceAsOftenAsItIsTaken) {
  Pricing pricing({choice({leaf(0), leaf(1)}, {0.25, 0.5}), {{certain(1, 4)}, {certain(1, 2)}}, 10},
                  kQuick);
  EXPECT_NEAR(pricing.at(0).predicted.usd, 0.25 * 4 + 0.5 * 2, 0.01);
}

TEST(MovedPrice, StaysOnAverageWhereTheTargetShareMeetsTheSlo) {
  // Nine runs in time and one late at a target of 0.9: 9 * -0.025 + 0.025 * 9.
  double price = 0.3;
  for (int run = 0; run < 10; ++run) price = moved_price(price, run != 4, 0.9);
  EXPECT_NEAR(price, 0.3, 1e-12);
}

TEST(MovedPrice, StaysWithinTheRange) {
  EXPECT_EQ(moved_price(kMostLogPrice - 0.01, false, 0.99), kMostLogPrice);
  EXPECT_EQ(moved_price(kLeastLogPrice + 0.01, true, 0.99), kLeastLogPrice);
}

TEST(KeptPrice, IsTheNearestQuarterOfADecade) {
  EXPECT_EQ(kept_price(0.3), 0.25);
  EXPECT_EQ(kept_price(-0.4), -0.5);
  EXPECT_EQ(kept_price(9), 3);
}

TEST(WorthKeeping, DropsWhatIsNoFasterInAnyBinAndNoCheaper) {
  const std::vector<Alternative> alternatives = {
      certain(2, 5),          // 0: kept, fastest
      certain(2, 6),          // 1: dearer than 0 for nothing
      mostly(3, 9, 2, 1),     // 2: kept, cheapest
      mostly(3.5, 8, 2, 1),   // 3: kept: slower than 2 mostly, not at worst
      mostly(3.5, 10, 2, 2),  // 4: slower than 2 everywhere and dearer
      certain(2, 5),          // 5: like 0, later
  };
  EXPECT_EQ(worth_keeping(alternatives), (std::vector<int>{0, 3, 2}));
}

}  // namespace
}  // namespace stepconf::percentile
