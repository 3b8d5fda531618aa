#include "stepconf/profiler/study.h"

#include <gtest/gtest.h>

namespace stepconf::profiler {
namespace {

using store::Origin;

// A function with two memory sizes and one process.
Study study(int points = 24, int repeats = 2) {
  StudyOptions options;
  options.experiment.space = {.memory_mb = {512, 1024}, .instances = {1}, .processes = {1}};
  options.experiment.jobs = 8;
  // Never reached, so that the number of tests does not depend on how the estimator judges them.
  options.experiment.goal = 0;
  options.points = points;
  options.repeats = repeats;
  return {"f", options};
}

estimator::Sample sample(const estimator::InstanceLoad& load, bool cold = false) {
  estimator::Sample result;
  result.function = "f";
  result.memory = load.memory;
  result.processes = load.processes;
  result.jobs = load.jobs;
  result.duration_ms = 100.0 * load.jobs * 1024 / load.memory.value;
  result.cold = cold;
  return result;
}

// Takes tests as they are asked for until there is none, and counts them; at most 100.
int follow(Study& study) {
  int tests = 0;
  for (auto test = study.next(); test && tests < 100; test = study.next()) {
    ++tests;
    for (int i = 0; i < test->repeats; ++i) study.add(sample(test->load), Origin::profile);
  }
  return tests;
}

TEST(Study, EndsAtTheMostTestsAndSaysSo) {
  Study bounded = study(2);
  EXPECT_EQ(bounded.remaining_tests(), 2);
  EXPECT_EQ(follow(bounded), 2);
  EXPECT_EQ(bounded.tests(), 2);
  EXPECT_EQ(bounded.remaining_tests(), 0);
  EXPECT_EQ(bounded.reason(), "2 tests are done, the most that --points allows");
}

TEST(Study, CountsTheTestsOfEarlierProfilings) {
  Study first = study(2);
  follow(first);
  Study second = study(3);
  for (const auto& known : first.samples()) second.add(known, Origin::profile);
  EXPECT_EQ(second.tests(), 2);
  EXPECT_EQ(follow(second), 1);
}

TEST(Study, FinishesFirstWhatWasBegunEarlier) {
  Study resumed = study();
  const auto first = resumed.next();
  ASSERT_TRUE(first);
  resumed.add(sample(first->load, true), Origin::profile);
  resumed.add(sample(first->load), Origin::profile);
  const auto rest = resumed.next();
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->load, first->load);
  EXPECT_EQ(rest->repeats, 1) << "one of two warm ones is there";
  resumed.add(sample(first->load), Origin::profile);
  EXPECT_NE(resumed.next()->load, first->load);
  EXPECT_EQ(resumed.tests(), 1);
}

TEST(Study, DoesNotTryAgainWhatFailed) {
  Study failing = study();
  const auto first = failing.next();
  estimator::Sample failed = sample(first->load);
  failed.status = "ValueError";
  failing.add(failed, Origin::profile);
  ASSERT_TRUE(failing.next());
  EXPECT_NE(failing.next()->load, first->load);
  EXPECT_EQ(failing.tests(), 1);
}

TEST(Study, CountsALoadAsOftenAsItIsMeasured) {
  Study repeated = study();
  const estimator::InstanceLoad load = {{512}, 1, 1};
  for (int i = 0; i < 4; ++i) repeated.add(sample(load), Origin::profile);
  EXPECT_EQ(repeated.tests(), 2) << "two warm invocations are a test";
  estimator::Sample failed = sample(load);
  failed.status = "Sandbox.Timedout";
  repeated.add(failed, Origin::profile);
  repeated.add(failed, Origin::profile);
  EXPECT_EQ(repeated.tests(), 4) << "and so is a failure";
}

TEST(Study, TakesImportedLoadsForTestsWhateverTheirNumberOfSamples) {
  Study given = study();
  given.add(sample({{512}, 1, 3}), Origin::imported);
  for (int i = 0; i < 9; ++i) given.add(sample({{512}, 1, 5}), Origin::imported);
  EXPECT_EQ(given.tests(), 2);
  EXPECT_NE(given.next()->reason, "was begun earlier");
}

TEST(Study, TakesRunsForNoTests) {
  Study run = study();
  run.add(sample({{512}, 1, 3}), Origin::run);
  EXPECT_EQ(run.tests(), 0);
  EXPECT_EQ(run.runs(), 1);
  EXPECT_EQ(run.samples().size(), 1u);
}

TEST(Study, LeavesAloneMemorySizesThatTheProjectNoLongerHas) {
  Study narrowed = study();
  narrowed.add(sample({{2048}, 1, 1}), Origin::profile);
  EXPECT_EQ(narrowed.tests(), 0);
  EXPECT_NE(narrowed.next()->load.memory, MemoryMb{2048});
}

}  // namespace
}  // namespace stepconf::profiler
