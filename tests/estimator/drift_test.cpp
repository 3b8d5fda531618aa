#include "stepconf/estimator/drift.h"

#include <gtest/gtest.h>

#include "tests/estimator/synthetic_runs.h"

namespace stepconf::estimator {
namespace {

// The truth of synthetic_runs.h, known to 1 %, with a spread of 10 %.
FittedFunction model(double error = 0.01, const std::string& reliable = "true") {
  const Models models = parse_models(
      R"({"schema": 1, "functions": {"f": {"form": "case2", "reliable": )" + reliable + R"(,
        "parameters": {"work": 1, "speed_offset": 0, "floor": 0.2}, "spread": {"cv": 0.1},
        "error": {"mean": )" +
          std::to_string(error) + R"(, "max": 0.5}}}})",
      "models.json");
  return std::get<FittedFunction>(models.at("f"));
}

Drift drift(const RunsSpec& spec, unsigned seed = 1) {
  return drift_of(model(), "f", draw_runs(seed, spec));
}

TEST(Drift, FindsAFunctionThatBecame28PercentSlower) {
  const Drift slower = drift({.executions = 20, .factor = 1.28});
  EXPECT_EQ(slower.verdict, Verdict::slower);
  EXPECT_TRUE(slower.endangers_slo());
  // The factor's standard error is about 1.2 %.
  EXPECT_NEAR(slower.factor, 1.28, 0.06);
  EXPECT_LT(slower.interval.lower, 1.28);
  EXPECT_GT(slower.interval.upper, 1.28);
  EXPECT_EQ(slower.executions, 20);
  EXPECT_EQ(slower.instances, 160);
  // With a CV of 10 % the p95 is 17.2 % above the median: most lie beyond it now.
  EXPECT_GT(slower.above_p95.interval.lower, 0.5);
}

TEST(Drift, FindsAFunctionThatBecameFasterAndSeesNoDangerInIt) {
  const Drift faster = drift({.factor = 0.8});
  EXPECT_EQ(faster.verdict, Verdict::faster);
  EXPECT_FALSE(faster.endangers_slo());
}

TEST(Drift, SaysThatTwoRunsAreTooFewToTell) {
  const Drift two = drift({.executions = 2, .factor = 1.28});
  EXPECT_EQ(two.verdict, Verdict::undecided);
  EXPECT_EQ(two.reason, "too few runs to tell: 2, at least 3 are needed");
  EXPECT_NEAR(two.factor, 1.28, 0.1);
}

TEST(Drift, SaysSoTooWhereRunsDifferTooMuchToTell) {
  const Drift wild = drift({.executions = 5, .shared_cv = 0.5});
  EXPECT_EQ(wild.verdict, Verdict::undecided);
  EXPECT_EQ(wild.reason.substr(0, 36), "too few runs to tell: anything from ") << wild.reason;
}

TEST(Drift, DoesNotCallAFunctionSteadyThatMayWellHaveChanged) {
  // Three runs of one that became 28 % slower are no proof, and no reason to be calm.
  for (unsigned seed = 0; seed < 50; ++seed)
    EXPECT_NE(drift({.executions = 3, .factor = 1.28}, seed).verdict, Verdict::steady) << seed;
}

TEST(Drift, RaisesNoFalseAlarm) {
  // One in 500 may be one; of 200 functions that stayed as they were more than 3 would be one with
  // a chance of 0.1 %.
  int alarms = 0;
  int steady = 0;
  for (unsigned seed = 0; seed < 200; ++seed) {
    const Verdict verdict = drift({.executions = 20}, seed).verdict;
    alarms += verdict != Verdict::steady && verdict != Verdict::undecided;
    steady += verdict == Verdict::steady;
  }
  EXPECT_LE(alarms, 3);
  EXPECT_GE(steady, 190);
}

TEST(Drift, CoversTheTruthAsOftenAsItsIntervalSays) {
  int covered = 0;
  for (unsigned seed = 0; seed < 200; ++seed) {
    const Interval interval = drift({.executions = 6, .factor = 1.1}, seed).interval;
    covered += interval.lower <= 1.1 && 1.1 <= interval.upper;
  }
  EXPECT_GE(covered, 184);
}

TEST(Drift, FindsAHeavierTailAtTheSameMedian) {
  const Drift heavier = drift({.executions = 30, .instances = 10, .stalls = 0.15, .stall = 2});
  EXPECT_EQ(heavier.verdict, Verdict::tail_heavier);
  EXPECT_TRUE(heavier.endangers_slo());
  EXPECT_NEAR(heavier.factor, 1, 0.04);
  EXPECT_GT(heavier.above_p99.interval.lower, 0.05);
}

TEST(Drift, TakesAStallThatAWholeExecutionSharesForOneObservation) {
  // 1 of 40 executions stalled: 2.5 % of the instances lie above the p99, 10 of 400 that would be
  // proof were they independent.
  std::vector<Session> executions = draw_runs(1, {.executions = 40, .instances = 10});
  for (Sample& sample : executions[7].samples) sample.duration_ms = *sample.duration_ms * 3;
  const Drift one = drift_of(model(), "f", executions);
  EXPECT_EQ(one.verdict, Verdict::steady);
  EXPECT_GT(one.above_p99.share, 0.02);
}

TEST(Drift, DoesNotTellAChangeOfSpeedFromTheModelsOwnError) {
  const auto executions = draw_runs(1, {.executions = 200, .factor = 1.15});
  EXPECT_EQ(drift_of(model(0.01), "f", executions).verdict, Verdict::slower);
  EXPECT_EQ(drift_of(model(0.1), "f", executions).verdict, Verdict::undecided);
}

TEST(Drift, IsUndecidedAgainstAModelThatIsNotReliable) {
  const auto executions = draw_runs(1, {.factor = 1.28});
  EXPECT_EQ(drift_of(model(0.01, "false"), "f", executions).verdict, Verdict::undecided);
}

TEST(Drift, ComparesWarmInstancesThatSucceeded) {
  std::vector<Session> executions = draw_runs(1, {.executions = 2, .instances = 2});
  executions[0].samples[0].cold = true;
  executions[0].samples[1].status = "States.Timeout";
  const Drift drift = drift_of(model(), "f", executions);
  EXPECT_EQ(drift.executions, 1);
  EXPECT_EQ(drift.instances, 2);
  const Drift none = drift_of(model(), "g", executions);
  EXPECT_EQ(none.verdict, Verdict::undecided);
  EXPECT_EQ(none.reason, "no run has a warm instance that succeeded");
}

TEST(Drift, IsToldOfFunctionsThatHaveAFittedModel) {
  const auto executions = draw_runs(1, {});
  Models models;
  EXPECT_TRUE(drifts_of(models, executions).empty());
  models.functions.emplace("f", Table{});
  EXPECT_TRUE(drifts_of(models, executions).empty());
  models.functions.at("f") = model();
  EXPECT_EQ(drifts_of(models, executions).at("f"), drift_of(model(), "f", executions));
}

}  // namespace
}  // namespace stepconf::estimator
