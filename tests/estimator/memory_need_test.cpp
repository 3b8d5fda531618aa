#include "stepconf/estimator/memory_need.h"

#include <gtest/gtest.h>

#include "stepconf/estimator/fit.h"

namespace stepconf::estimator {
namespace {

Sample row(int memory_mb, int processes, std::optional<double> peak_mb,
           const std::string& status = "ok", int jobs = 1) {
  Sample sample;
  sample.function = "f";
  sample.memory = MemoryMb{memory_mb};
  sample.processes = processes;
  sample.jobs = jobs;
  sample.duration_ms = 10;
  sample.max_memory_mb = peak_mb;
  sample.status = status;
  return sample;
}

MemoryNeed learn(const std::vector<Sample>& samples) { return learn_memory_need(samples); }

TEST(MemoryNeed, GrowsWithTheProcessesAndKeepsAMargin) {
  // 100 MB and 150 MB a process; 4 processes: 700 MB, with the margin of 10 % 770.
  const MemoryNeed need = learn({row(2048, 1, 250), row(2048, 2, 400)});
  EXPECT_EQ(need.why_not({MemoryMb{768}, 4, 1}), "needs 770 MB at 4 processes");
  EXPECT_EQ(need.why_not({MemoryMb{771}, 4, 1}), "");
}

TEST(MemoryNeed, TakesEachProcessForACopyWhereOnlyOneNumberWasMeasured) {
  const MemoryNeed need = learn({row(1024, 1, 200)});
  EXPECT_EQ(need.why_not({MemoryMb{512}, 4, 1}), "needs 880 MB at 4 processes");
}

TEST(MemoryNeed, BelievesWhatWasSeenToWork) {
  const MemoryNeed need = learn({row(2048, 1, 900), row(512, 1, 400)});
  EXPECT_EQ(need.why_not({MemoryMb{512}, 1, 1}), "");
}

TEST(MemoryNeed, IsNotWhatARuntimeTakesBecauseItIsThere) {
  // A heap of half the memory, as a JVM's: 480 MB were enough where there was no more.
  const MemoryNeed need = learn({row(8192, 1, 4200), row(2048, 1, 1100), row(768, 1, 480)});
  EXPECT_EQ(need.why_not({MemoryMb{528}, 1, 1}), "");
  EXPECT_EQ(need.why_not({MemoryMb{527}, 1, 1}), "needs 528 MB at 1 process");
}

TEST(MemoryNeed, IsMetByAsMuchMemoryForEachProcessAsOneWorkedWith) {
  // The peak is the whole of the 512 MB: with its margin two would need 1127 MB.
  const MemoryNeed need = learn({row(512, 1, 512)});
  EXPECT_EQ(need.why_not({MemoryMb{1024}, 2, 1}), "");
  EXPECT_NE(need.why_not({MemoryMb{1023}, 2, 1}), "");
  EXPECT_NE(need.why_not({MemoryMb{511}, 1, 1}), "");
}

TEST(MemoryNeed, IsMoreThanWhatWasThereWhenItRanOut) {
  // 100 MB a process, it seems; but 4 did not fit into 512 MB, so 5 will not into 640.
  const MemoryNeed need =
      learn({row(1024, 1, 100), row(512, 4, std::nullopt, "Runtime.OutOfMemory")});
  EXPECT_NE(need.why_not({MemoryMb{640}, 5, 1}), "");
}

TEST(MemoryNeed, GrowsWithTheJobsWherePeaksDo) {
  // One job was seen to work on 512 MB; 32 took 900 MB where there was room.
  const MemoryNeed need =
      learn({row(512, 1, 100, "ok", 1), row(2048, 1, 100, "ok", 1), row(2048, 1, 900, "ok", 32)});
  EXPECT_EQ(need.why_not({MemoryMb{512}, 1, 1}), "");
  EXPECT_NE(need.why_not({MemoryMb{512}, 1, 32}), "");
  EXPECT_EQ(need.why_not({MemoryMb{1024}, 1, 32}), "");
}

TEST(MemoryNeed, DoesNotAskForJobsWherePeaksDoNotGrowWithThem) {
  const MemoryNeed need =
      learn({row(512, 1, 500, "ok", 1), row(2048, 1, 1500, "ok", 1), row(2048, 1, 1550, "ok", 32)});
  EXPECT_EQ(need.why_not({MemoryMb{512}, 1, 32}), "");
}

TEST(MemoryNeed, IsTheLargestWhereNobodyKnowsWhetherSizeOrJobsMadeAPeakLarger) {
  const MemoryNeed need = learn({row(512, 1, 100, "ok", 1), row(2048, 1, 900, "ok", 32)});
  EXPECT_EQ(need.why_not({MemoryMb{511}, 1, 1}), "needs 990 MB at 1 process");
}

TEST(MemoryNeed, LeavesFewerJobsWhatWasSeenToWorkThoughMoreRanOutOfMemory) {
  const MemoryNeed need = learn(
      {row(512, 1, std::nullopt, "ok", 2), row(512, 1, std::nullopt, "Runtime.OutOfMemory", 64)});
  EXPECT_EQ(need.why_not({MemoryMb{512}, 1, 2}), "");
  EXPECT_NE(need.why_not({MemoryMb{512}, 1, 64}), "");
  EXPECT_NE(need.why_not({MemoryMb{512}, 1, 3}), "");
}

TEST(MemoryNeed, IsNothingWhereNothingWasMeasured) {
  EXPECT_EQ(learn({row(512, 1, std::nullopt)}).why_not({MemoryMb{128}, 64, 1}), "");
}

TEST(MemoryNeed, RulesOutSmallerSizesAfterOneRanOutOfMemory) {
  const MemoryNeed need =
      learn({row(256, 2, std::nullopt, "Runtime.OutOfMemory"), row(512, 2, std::nullopt)});
  EXPECT_EQ(need.why_not({MemoryMb{256}, 2, 1}),
            "failed with Runtime.OutOfMemory at 256 MB, 2 processes, 1 jobs");
  EXPECT_NE(need.why_not({MemoryMb{128}, 4, 1}), "");
  EXPECT_EQ(need.why_not({MemoryMb{256}, 1, 1}), "");
  EXPECT_EQ(need.why_not({MemoryMb{257}, 2, 1}), "");
}

TEST(MemoryNeed, RulesOutAsManyJobsAfterATimeOutAndNoFewer) {
  const MemoryNeed need = learn({row(256, 2, std::nullopt, "Sandbox.Timedout", 8)});
  EXPECT_NE(need.why_not({MemoryMb{256}, 1, 9}), "");
  EXPECT_EQ(need.why_not({MemoryMb{256}, 2, 7}), "");
}

TEST(MemoryNeed, DoesNotJudgeByThrottlingOrByASingleFailureAmongSuccesses) {
  const MemoryNeed need = learn({row(256, 1, std::nullopt, "Lambda.TooManyRequestsException"),
                                 row(512, 1, std::nullopt), row(512, 1, std::nullopt),
                                 row(512, 1, std::nullopt, "Runtime.ExitError")});
  EXPECT_EQ(need.why_not({MemoryMb{256}, 1, 1}), "");
  EXPECT_EQ(need.why_not({MemoryMb{512}, 1, 1}), "");
}

}  // namespace
}  // namespace stepconf::estimator
