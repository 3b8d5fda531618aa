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
  EXPECT_NE(need.why_not({MemoryMb{511}, 1, 1}), "");
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
