#include "stepconf/configurator/dispatch.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace stepconf::configurator {
namespace {

DeployedStep step(StepKind kind = StepKind::map, int max_concurrency = 0) {
  DeployedStep result;
  result.kind = kind;
  result.max_concurrency = max_concurrency;
  result.functions = {{{512}, "small"}, {{1024}, "large"}};
  result.safe = {{512}, 1, 1};
  return result;
}

TEST(Dispatch, MakesEqualBatches) {
  // 64 jobs for 5 instances: ceil(64 / 5) = 13 each, so 5 batches.
  const auto result = dispatch(step(), {{1024}, 5, 2}, 64, {});
  EXPECT_EQ(result, (Dispatch{"large", {1024}, 13, 5, 2, 0}));
}

TEST(Dispatch, LeavesFewerInstancesWhereTheBatchesHoldAllJobs) {
  // 9 jobs for 6 instances: 2 each, so 5 batches.
  EXPECT_EQ(dispatch(step(), {{512}, 6, 1}, 9, {})->instances, 5);
}

TEST(Dispatch, GivesATaskItsOneJobWithoutABatch) {
  EXPECT_EQ(dispatch(step(StepKind::task), {{512}, 8, 4}, 1, {}),
            (Dispatch{"small", {512}, 1, 1, 1, 0}));
}

TEST(Dispatch, GivesJobsThatMayNotShareAnInstanceOneEach) {
  DeployedStep alone = step(StepKind::map, 3);
  alone.batched = false;
  EXPECT_EQ(dispatch(alone, {{512}, 8, 4}, 20, {}), (Dispatch{"small", {512}, 1, 20, 1, 3}));
}

TEST(Dispatch, KeepsInstancesTimesProcessesWithinMaxConcurrency) {
  // At most 10 jobs at once: 4 processes leave 2 instances, with 50 jobs each.
  EXPECT_EQ(dispatch(step(StepKind::map, 10), {{512}, 32, 4}, 100, {}),
            (Dispatch{"small", {512}, 50, 2, 4, 2}));
  // 3 at once: 3 of the 8 processes, in one instance.
  EXPECT_EQ(dispatch(step(StepKind::map, 3), {{512}, 32, 8}, 100, {}),
            (Dispatch{"small", {512}, 100, 1, 3, 1}));
}

TEST(Dispatch, KeepsAnInlineMapToFortyInstances) {
  // 100 jobs for 40 instances: 3 each, so 34 batches. A Distributed Map may have all 100.
  EXPECT_EQ(dispatch(step(), {{512}, 100, 1}, 100, {})->instances, 34);
  EXPECT_EQ(dispatch(step(StepKind::distributed), {{512}, 100, 1}, 100, {})->instances, 100);
}

TEST(Dispatch, KeepsABatchUnderItsBytes) {
  // 10 jobs of 60,000 bytes: 3 fit into 200,000, so 4 batches.
  EXPECT_EQ(dispatch(step(), {{512}, 1, 1}, 10, {600'000, {}}),
            (Dispatch{"small", {512}, 3, 4, 1, 0}));
  // A job that is too large alone still gets its batch.
  EXPECT_EQ(dispatch(step(), {{512}, 1, 1}, 2, {600'000, {}})->size, 1);
  DeployedStep wordy = step();
  wordy.result_bytes = 100'000;
  EXPECT_EQ(dispatch(wordy, {{512}, 1, 1}, 10, {10, {}})->size, 2);
}

TEST(Dispatch, KeepsTheBatchOfTheLargestJobsUnderItsBytesWhereTheyAreKnown) {
  // 10 jobs, 300,000 bytes together: 6 of the mean job fit, but only 2 of 90,000.
  EXPECT_EQ(dispatch(step(), {{512}, 1, 1}, 10, {300'000, {}})->size, 6);
  EXPECT_EQ(dispatch(step(), {{512}, 1, 1}, 10, {300'000, 90'000})->size, 2);
  // All together they fit, however unequal they are.
  EXPECT_EQ(dispatch(step(), {{512}, 1, 1}, 10, {190'000, 150'000})->size, 10);
  // Where nobody added them up, the largest stands for each.
  EXPECT_EQ(dispatch(step(), {{512}, 1, 1}, 10, {{}, 50'000})->size, 4);
}

TEST(Dispatch, IsAbsentWithoutAFunctionOfTheSize) {
  EXPECT_FALSE(dispatch(step(), {{2048}, 1, 1}, 1, {}));
}

TEST(Dispatch, CoversAllJobsWithinTheBounds) {
  EXPECT_TRUE(rc::check([] {
    const int jobs = *rc::gen::inRange(1, 5000);
    const int most = *rc::gen::inRange(0, 100);
    const auto bytes = *rc::gen::inRange<std::int64_t>(0, 1'000'000);
    const auto kind = *rc::gen::element(StepKind::map, StepKind::distributed);
    const auto result =
        dispatch(step(kind, most), {{512}, *rc::gen::inRange(1, 200), *rc::gen::inRange(1, 16)},
                 jobs, {bytes, {}});
    RC_ASSERT(result->size >= 1 && result->instances >= 1 && result->processes >= 1);
    RC_ASSERT(std::int64_t{result->size} * result->instances >= jobs);
    RC_ASSERT(std::int64_t{result->size} * (result->instances - 1) < jobs);
    RC_ASSERT(result->size == 1 || bytes <= kMostBatchBytes ||
              result->size * ((bytes + jobs - 1) / jobs) <= kMostBatchBytes);
    if (most == 0) return;
    const int at_once = std::min(result->instances, result->concurrency);
    RC_ASSERT(at_once * result->processes <= most);
  }));
}

// Contiguous batches of jobs of random sizes, as the state machine makes them.
TEST(Dispatch, NoBatchOfSeveralJobsOutgrowsItsBytesWhereTheLargestIsKnown) {
  EXPECT_TRUE(rc::check([] {
    const auto sizes = *rc::gen::nonEmpty(
        rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(1, 150'000)));
    const auto jobs = static_cast<int>(sizes.size());
    const std::int64_t all = std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
    const auto result = dispatch(step(), {{512}, *rc::gen::inRange(1, 4), 1}, jobs,
                                 {all, *std::ranges::max_element(sizes)});
    for (int first = 0; first < jobs; first += result->size) {
      const auto begin = sizes.begin() + first;
      const auto end = sizes.begin() + std::min(jobs, first + result->size);
      RC_ASSERT(end - begin <= 1 ||
                std::accumulate(begin, end, std::int64_t{0}) <= kMostBatchBytes);
    }
  }));
}

}  // namespace
}  // namespace stepconf::configurator
