#include "stepconf/evaluation/loads.h"

#include <gtest/gtest.h>

#include "tests/evaluation/rows.h"

namespace stepconf::evaluation {
namespace {

using estimator::Configuration;
using estimator::InstanceLoad;

TEST(GroundTruthLoads, AreTheDifferentLoadsOfThePapersSpace) {
  // 64 jobs on 1 to 32 instances are 64, 32, 16, 8, 4 or 2 each; with at most as many processes as
  // jobs that is 4 + 4 + 4 + 4 + 3 + 2 = 21 loads at each of 8 memory sizes.
  EXPECT_EQ(ground_truth_loads({}, 64).size(), 8u * 21u);
}

TEST(GroundTruthLoads, StandInAnOrderInWhichNeighboursShareASandbox) {
  const std::vector<InstanceLoad> wanted = {{{512}, 1, 2},  {{512}, 1, 4},  {{512}, 2, 2},
                                            {{512}, 2, 4},  {{1024}, 1, 2}, {{1024}, 1, 4},
                                            {{1024}, 2, 2}, {{1024}, 2, 4}};
  EXPECT_EQ(ground_truth_loads({{512, 1024}, {1, 2}, {1, 2}}, 4), wanted);
}

TEST(GroundTruthLoads, LeaveOutProcessesThatWouldBeIdleButKeepTheSmallestNumber) {
  const std::vector<InstanceLoad> wanted = {{{512}, 4, 1}};
  EXPECT_EQ(ground_truth_loads({{512}, {8}, {4, 8}}, 2), wanted);
}

TEST(StepsThatFit, AreThoseWhoseInstancesHaveTheirCpusAtOnce) {
  // 1769 MB are one vCPU, 0.5 CPUs each: two instances fit one CPU, four do not; of 3538 MB one.
  const std::vector<Configuration> wanted = {{{1769}, 2, 1}, {{1769}, 1, 1}, {{3538}, 1, 1}};
  EXPECT_EQ(steps_that_fit({{1769, 3538}, {1, 2, 4}, {1, 2}}, 8, 1, 1.0, 0.5), wanted);
}

TEST(StepsThatFit, AreNotTwiceTheSameStep) {
  // Four jobs on three instances are two each, which two instances do.
  const std::vector<Configuration> wanted = {{{512}, 4, 1}, {{512}, 2, 1}};
  EXPECT_EQ(steps_that_fit({{512}, {2, 3, 4, 8}, {1}}, 4, 1, 100, 1), wanted);
}

TEST(ExpectedDuration, DividesTheWorkByVcpusAndProcesses) {
  EXPECT_DOUBLE_EQ(expected_duration({{3538}, 2, 8}, Seconds(0.5)).count(), 2.0);
  EXPECT_DOUBLE_EQ(expected_duration({{3538}, 1, 8}, Seconds(0.5)).count(), 4.0);
}

TEST(WorkOf, IsTheInverseOfTheExpectation) {
  const InstanceLoad load{{3538}, 2, 8};
  auto cold = row("f", 3538, 2, 8, 9.0);
  cold.cold = true;
  const std::vector<estimator::Sample> samples = {
      row("f", 3538, 2, 8, 1.5), cold, row("f", 3538, 2, 8, 2.5), row("g", 3538, 2, 8, 7.0)};
  EXPECT_DOUBLE_EQ(work_of(samples, "f", load)->count(), 0.5);
  EXPECT_EQ(work_of(samples, "f", {{512}, 1, 1}), std::nullopt);
}

TEST(Repeats, AreMoreWhereShortAndFewerWhereLong) {
  const Repeats repeats;
  EXPECT_EQ(repeats.wanted(Seconds(0.01)), 8);
  EXPECT_EQ(repeats.wanted(Seconds(0.1)), 5);
  EXPECT_EQ(repeats.wanted(Seconds(1)), 3);
  EXPECT_EQ(repeats.wanted(Seconds(5)), 2);
  EXPECT_EQ(Repeats{.least = 1}.wanted(Seconds(5)), 1);
}

TEST(MissingRepeats, CountWhatWasMeasuredAndGoByItsLength) {
  const InstanceLoad load{{512}, 1, 2};
  EXPECT_EQ(missing_repeats({}, "f", load, Seconds(1), {}), 3);
  // They came out shorter than expected: five are wanted, to have half a second.
  std::vector<estimator::Sample> samples(2, row("f", 512, 1, 2, 0.1));
  EXPECT_EQ(missing_repeats(samples, "f", load, Seconds(1), {}), 3);
  samples.resize(5, samples.front());
  EXPECT_EQ(missing_repeats(samples, "f", load, Seconds(1), {}), 0);
}

TEST(MissingRepeats, AreMoreWhereTheyScatter) {
  // 0.9, 1.0 and 1.1 s: a CV of 10 %, so 25 for a mean known to 2 %; no more than allowed.
  std::vector<estimator::Sample> samples;
  for (const double seconds : {0.9, 1.0, 1.1}) samples.push_back(row("f", 512, 1, 2, seconds));
  const InstanceLoad load{{512}, 1, 2};
  EXPECT_EQ(missing_repeats(samples, "f", load, Seconds(1), {}), 17);
  EXPECT_EQ(missing_repeats(samples, "f", load, Seconds(1), {.most_where_uncertain = 30}), 22);
}

TEST(MissingRepeats, AreNoneOfALoadThatFails) {
  auto failed = row("f", 512, 1, 2, 0.1);
  failed.status = "Runtime.OutOfMemory";
  EXPECT_EQ(missing_repeats(std::vector{failed}, "f", {{512}, 1, 2}, Seconds(1), {}), 0);
}

}  // namespace
}  // namespace stepconf::evaluation
