// Measurements on a platform whose clock jumps from event to event.
#include <gtest/gtest.h>

#include <sstream>

#include "stepconf/evaluation/alone.h"
#include "stepconf/evaluation/steps.h"
#include "stepconf/evaluation/training.h"
#include "tests/evaluation/rows.h"
#include "tests/executor/fake_platform.h"
#include "tests/temporary_folder.h"

namespace stepconf::evaluation {
namespace {

using stepconf::tests::TemporaryFolder;

class Measuring : public testing::Test {
 protected:
  Measuring() {
    platform_.functions["f"] =
        executor::FakePlatform::each_job([](const Json&) { return Json{{"result", 1}}; }, 0.5);
  }

  Bench bench() {
    return {platform_, events_, file_, pace_, lines_, [this] { return interrupted_; }};
  }

  TemporaryFolder folder_;
  executor::FakePlatform platform_;
  Events events_{{"f", {Json{{"n", 1}}, Json{{"n", 2}}}}};
  SampleFile file_{folder_.path() / "samples.csv"};
  Pace pace_{Seconds(100), [this] { return platform_.now(); }};
  std::ostringstream lines_;
  bool interrupted_ = false;
};

const std::vector<AloneTest> kTests = {{"f", {{512}, 1, 1}, Seconds(0.5)},
                                       {"f", {{512}, 1, 2}, Seconds(1)},
                                       {"f", {{1024}, 1, 2}, Seconds(1)}};

TEST_F(Measuring, AloneHasTheRepeatsOfEachTestAndOneCallForTheSandbox) {
  Bench all = bench();
  EXPECT_DOUBLE_EQ(expected_time(kTests, {}, {}).count(), 3 * 2.5);
  EXPECT_TRUE(measure_alone(all, kTests, {}));
  EXPECT_EQ(file_.samples().size(), 9u);
  // The first call to a sandbox starts a copy and is not kept.
  EXPECT_EQ(platform_.started.size(), 9u + 2u);
  EXPECT_DOUBLE_EQ(expected_time(kTests, file_.samples(), {}).count(), 0);
}

TEST_F(Measuring, AloneGoesOnWhereAnEarlierCallWasInterrupted) {
  Bench some = bench();
  ASSERT_TRUE(measure_alone(some, std::span(kTests).first(2), {}));
  interrupted_ = true;
  EXPECT_FALSE(measure_alone(some, kTests, {}));
  interrupted_ = false;
  platform_.started.clear();
  ASSERT_TRUE(measure_alone(some, kTests, {}));
  ASSERT_EQ(platform_.started.size(), 4u);
  for (const auto& invocation : platform_.started) EXPECT_EQ(invocation.memory, MemoryMb{1024});
  platform_.started.clear();
  EXPECT_TRUE(measure_alone(some, kTests, {}));
  EXPECT_TRUE(platform_.started.empty());
}

TEST_F(Measuring, AloneMeasuresMoreOfWhatCameOutShorterThanExpected) {
  platform_.functions["f"] =
      executor::FakePlatform::each_job([](const Json&) { return Json{{"result", 1}}; }, 0.1);
  Bench all = bench();
  ASSERT_TRUE(measure_alone(all, std::span(kTests).first(1), {}));
  EXPECT_EQ(file_.samples().size(), 5u);
}

TEST_F(Measuring, TrainingStopsAtItsTestsAndCountsEarlierOnes) {
  TrainingOptions options;
  options.experiment.space = {{512, 1024}, {1, 2}, {1, 2}};
  options.experiment.jobs = 8;
  options.tests = 2;
  Bench all = bench();
  ASSERT_TRUE(train(all, "f", Seconds(0.5), options));
  EXPECT_EQ(file_.samples().size(), 4u);
  EXPECT_EQ(tests_of(file_.samples(), "f", options.repeats), 2);
  options.tests = 3;
  ASSERT_TRUE(train(all, "f", Seconds(0.5), options));
  EXPECT_EQ(file_.samples().size(), 6u);
}

TEST(TestsOf, CountsALoadAgainThatWasMeasuredTwice) {
  std::vector samples(3, row("f", 512, 1, 1, 1.0));
  samples.push_back(row("g", 512, 1, 1, 1.0));
  auto failed = row("f", 1024, 1, 1, 1.0);
  failed.status = "Runtime.OutOfMemory";
  samples.push_back(failed);
  EXPECT_EQ(tests_of(samples, "f", 2), 3);
}

TEST_F(Measuring, AStepStartsAllItsInstancesTogetherAndTheirRowsStandTogether) {
  Bench all = bench();
  const std::vector<StepTest> tests = {{"f", {{512}, 3, 1}, 5, 1, Seconds(1)}};
  ASSERT_TRUE(measure_steps(all, tests));
  ASSERT_EQ(platform_.started.size(), 3u);
  EXPECT_EQ(platform_.started[2].position, 3);
  EXPECT_EQ(platform_.started[2].together, 3);
  EXPECT_EQ(platform_.started[2].payload.find("\"n\":2"), std::string::npos);
  const auto steps = steps_in(file_.samples());
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_TRUE(steps[0].is(tests[0]));
  EXPECT_EQ(steps[0].duration, Seconds(1));
  ASSERT_TRUE(measure_steps(all, tests));
  EXPECT_EQ(platform_.started.size(), 3u) << "it has been measured";
}

TEST_F(Measuring, AStepWithAColdInstanceIsRepeated) {
  platform_.functions["f"] = [calls = 0](const Json&) mutable {
    executor::FakeAnswer answer;
    answer.cold = calls++ < 2;
    answer.payload = Json::array({{{"result", 1}}});
    return answer;
  };
  Bench all = bench();
  ASSERT_TRUE(measure_steps(all, std::vector<StepTest>{{"f", {{512}, 2, 1}, 2, 1, Seconds(1)}}));
  const auto steps = steps_in(file_.samples());
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_FALSE(steps[0].counts);
  EXPECT_TRUE(steps[1].counts);
}

TEST_F(Measuring, AnInterruptedStepIsNotKept) {
  platform_.interruptions = {Seconds(0.1)};
  interrupted_ = false;
  Bench all = bench();
  int asked = 0;
  all.interrupted = [&asked] { return ++asked > 1; };
  EXPECT_FALSE(measure_steps(all, std::vector<StepTest>{{"f", {{512}, 2, 1}, 2, 1, Seconds(1)}}));
  EXPECT_TRUE(file_.samples().empty());
}

TEST(StepsIn, TakesTheLastInstanceAndLeavesOutWhatIsNoWholeStep) {
  const std::vector<estimator::Sample> rows = {
      step_row("f", 3, 0.1, 1.0), step_row("f", 2, 0.1, 1.0), step_row("f", 2, 0.4, 0.8),
      step_row("f", 2, 0.1, 1.0)};
  const auto steps = steps_in(rows);
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_DOUBLE_EQ(steps[0].duration.count(), 1.2);
  EXPECT_DOUBLE_EQ(steps[0].delay.count(), 0.4);
  EXPECT_EQ(steps[0].jobs, 2);
}

TEST(Pace, CorrectsWhatIsLeftByWhatWasDone) {
  Seconds now{0};
  Pace pace(Seconds(100), [&now] { return now; });
  EXPECT_EQ(pace.left(), Seconds(100));
  now = Seconds(40);
  pace.done(Seconds(20));
  EXPECT_EQ(pace.left(), Seconds(160));
  EXPECT_EQ(pace.remark(), "  about 3 min left");
  pace.done(Seconds(90));
  EXPECT_EQ(pace.left(), Seconds(0));
}

}  // namespace
}  // namespace stepconf::evaluation
