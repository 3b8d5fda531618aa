#include "stepconf/estimator/fold.h"

#include <gtest/gtest.h>

#include <cmath>

#include "stepconf/estimator/fit.h"
#include "tests/estimator/synthetic_runs.h"

namespace stepconf::estimator {
namespace {

constexpr Seconds kDay{86'400};

// 40 memory sizes, each measured 3 times.
Session profile(Seconds at = Seconds(0)) {
  std::vector<int> sizes;
  for (int i = 0; i < 40; ++i) sizes.push_back(128 + 40 * i);
  Session session{at, {}};
  for (const Session& run : draw_runs(
           7,
           {.executions = 40, .instances = 3, .shared_cv = 0, .own_cv = 0.02, .memory_mb = sizes}))
    session.samples.insert(session.samples.end(), run.samples.begin(), run.samples.end());
  return session;
}

double predicted(const Folded& folded, int memory_mb) {
  const Models models = fit(folded.samples);
  const auto& function = std::get<FittedFunction>(models.at("f"));
  return function.duration.predict({MemoryMb{memory_mb}, 1, 1}).count();
}

TEST(Fold, HalvesAWeightWithEachHalfLife) {
  const auto executions =
      draw_runs(1, {.executions = 3, .instances = 1, .first = 7 * kDay, .every = 7 * kDay});
  const Folded folded =
      fold(Session{Seconds(0), executions[0].samples}, executions, {.half_life = 14 * kDay});
  // The profile is 21 days old, the executions 14, 7 and 0.
  ASSERT_EQ(folded.samples.size(), 4u);
  EXPECT_NEAR(folded.samples[0].weight, std::exp2(-1.5), 1e-12);
  EXPECT_NEAR(folded.samples[1].weight, 0.5, 1e-12);
  EXPECT_NEAR(folded.samples[2].weight, std::sqrt(0.5), 1e-12);
  EXPECT_EQ(folded.samples[3].weight, 1);
}

TEST(Fold, GivesTheOldestOfAllSomeWeight) {
  const auto executions = draw_runs(1, {.executions = 1, .first = 1e6 * kDay});
  const Folded folded = fold(profile(), executions);
  EXPECT_GT(folded.samples.front().weight, 0);
  EXPECT_LT(folded.samples.front().weight, 1e-5);
}

TEST(Fold, LeavesAProfileAloneAsItIs) {
  const Session alone = profile();
  EXPECT_EQ(fold(alone, {}).samples, alone.samples);
  EXPECT_TRUE(fold(std::nullopt, {}).samples.empty());
}

TEST(Fold, RepairsManyOldMeasurementsByFiveRecentRuns) {
  const auto executions = draw_runs(3, {.executions = 5,
                                        .instances = 4,
                                        .factor = 1.28,
                                        .shared_cv = 0.01,
                                        .own_cv = 0.02,
                                        .first = kDay,
                                        .memory_mb = {256, 512, 768, 1024, 1536}});
  const Folded folded = fold(profile(), executions);
  ASSERT_TRUE(folded.changes.contains("f"));
  ASSERT_EQ(folded.changes.at("f").size(), 1u);
  EXPECT_EQ(folded.changes.at("f")[0].drift.verdict, Verdict::slower);
  EXPECT_EQ(folded.changes.at("f")[0].samples, 120);
  EXPECT_EQ(folded.changes.at("f")[0].since, kDay);
  // 168 and 1688 MB were measured before the change only.
  for (const int memory : {168, 512, 1688}) {
    const double truth = 1.28 * true_seconds(memory);
    EXPECT_NEAR(predicted(folded, memory), truth, 0.04 * truth) << memory << " MB";
  }
}

TEST(Fold, DoesNotRescaleWhatDidNotChange) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const auto executions = draw_runs(seed, {.executions = 10, .first = kDay});
    EXPECT_TRUE(fold(profile(), executions).changes.empty()) << "seed " << seed;
  }
}

TEST(Fold, FollowsOneChangeAfterTheOther) {
  // 20 runs at the old speed, 20 a month later that take 1.5 times as long, 20 another month later
  // that take 0.9 times as long as at first.
  std::vector<Session> executions = draw_runs(5, {.first = kDay});
  for (const auto& [factor, day] : {std::pair{1.5, 31}, std::pair{0.9, 61}}) {
    const auto later = draw_runs(6, {.factor = factor, .first = day * kDay});
    executions.insert(executions.end(), later.begin(), later.end());
  }
  const Folded folded = fold(profile(), executions);
  ASSERT_TRUE(folded.changes.contains("f"));
  const auto& changes = folded.changes.at("f");
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_NEAR(changes[0].drift.factor, 1.5, 0.06);
  EXPECT_EQ(changes[0].since, 31 * kDay);
  EXPECT_EQ(changes[0].samples, 120 + 20 * 8);
  EXPECT_NEAR(changes[1].drift.factor, 0.6, 0.03);
  EXPECT_EQ(changes[1].samples, 120 + 40 * 8);
  for (const int memory : {168, 1688})
    EXPECT_NEAR(predicted(folded, memory), 0.9 * true_seconds(memory), 0.05 * true_seconds(memory));
}

TEST(Fold, KeepsAProfileRepairedWhenTheChangeIsLongAgo) {
  // Slower runs for 60 days: the older of them agree with the recent ones, the profile does not.
  const auto executions =
      draw_runs(2, {.executions = 60, .factor = 1.28, .first = kDay, .every = kDay});
  const Folded folded = fold(profile(), executions);
  ASSERT_TRUE(folded.changes.contains("f"));
  EXPECT_EQ(folded.changes.at("f").size(), 1u);
  for (const int memory : {168, 1688}) {
    // The factor comes from the first periods' 18 runs, with a standard error of 1.3 %.
    const double truth = 1.28 * true_seconds(memory);
    EXPECT_NEAR(predicted(folded, memory), truth, 0.06 * truth) << memory << " MB";
  }
}

TEST(Fold, TrustsAProfileThatIsNewerThanTheRuns) {
  const auto executions = draw_runs(1, {.factor = 1.28});
  EXPECT_TRUE(fold(profile(kDay), executions).changes.empty());
}

TEST(Fold, GivesTheSameSamplesForTheSameSessions) {
  const auto executions = draw_runs(1, {.factor = 1.28, .first = kDay});
  EXPECT_EQ(fold(profile(), executions).samples, fold(profile(), executions).samples);
}

}  // namespace
}  // namespace stepconf::estimator
