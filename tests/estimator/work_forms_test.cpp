#include <gtest/gtest.h>

#include <algorithm>

#include "stepconf/estimator/duration_model.h"

namespace stepconf::estimator {
namespace {

// base, base_work, base_parallel_work, per_job, work, parallel_work, threads, per_instance
DurationModel model(const char* form, std::vector<double> parameters) {
  return {*find_duration_form(form), std::move(parameters)};
}

// 3538 MB are 2 vCPUs, 7076 MB are 4.
constexpr MemoryMb kTwo{3538}, kFour{7076};

TEST(WorkForms, AddWhatIsDoneOnceToWhatIsDoneForEachJob) {
  // 0.5 + 1/1 + 4/2 + 10 * 0.01 for 10 instances; 3 jobs of 0.1 + 2/1 + 3/2 each.
  const std::vector<double> p = {0.5, 1, 4, 0.1, 2, 3, 2, 0.01};
  const double expected = 0.5 + 1 + 2 + 0.1 + 3 * (0.1 + 2 + 1.5);
  const InstanceLoad load{kFour, 1, 3, 10};
  EXPECT_NEAR(model("additive", p).predict(load).count(), expected, 1e-12);
  EXPECT_NEAR(model("waves", p).predict(load).count(), expected, 1e-12);
}

TEST(WorkForms, DifferInWholeJobs) {
  const std::vector<double> p = {0, 0, 0, 0, 1, 0, 1, 0};
  // 5 jobs of 1 vCPU s each by 4 processes on 4 vCPUs: as a fluid 5/4 s, in waves 2 s.
  EXPECT_NEAR(model("additive", p).predict({kFour, 4, 5}).count(), 1.25, 1e-12);
  EXPECT_NEAR(model("waves", p).predict({kFour, 4, 5}).count(), 2, 1e-12);
  // On 2 vCPUs four at once take 2 s, and the fifth, alone, 1 s.
  EXPECT_NEAR(model("waves", p).predict({kTwo, 4, 5}).count(), 3, 1e-12);
}

TEST(WorkForms, LetSeveralThreadsOfAProcessUseTheMemory) {
  const std::vector<double> p = {0, 0, 0, 0, 0, 6, 3, 0};
  // One process with 3 threads on 2 and on 4 vCPUs; two such processes share 4.
  EXPECT_NEAR(model("waves", p).predict({kTwo, 1, 1}).count(), 3, 1e-12);
  EXPECT_NEAR(model("waves", p).predict({kFour, 1, 1}).count(), 2, 1e-12);
  EXPECT_NEAR(model("waves", p).predict({kFour, 2, 2}).count(), 3, 1e-12);
}

TEST(WorkForms, HoldWhatTheLoadsCannotTell) {
  const auto free = [](std::vector<Observation> observations) {
    return find_duration_form("waves")->identifiable(observations);
  };
  // One number of jobs: what is done once cannot be told from what is done for each.
  const std::vector<bool> one = free({{{MemoryMb{512}, 1, 4}, 4},
                                      {{MemoryMb{1024}, 1, 4}, 2},
                                      {{MemoryMb{2048}, 1, 4}, 1},
                                      {{MemoryMb{4096}, 1, 4}, 1}});
  EXPECT_EQ(one, (std::vector<bool>{true, false, false, false, true, true, true, false}));
  // A single load tells one parameter.
  const std::vector<bool> single = free({{{MemoryMb{512}, 1, 4}, 4}});
  EXPECT_EQ(std::ranges::count(single, true), 1);
}

TEST(SaturatedForms, StopGainingWhereTheThreadsEnd) {
  const DurationModel half = model("case2-saturated", {1, 0, 0, 0.5});
  EXPECT_NEAR(half.predict({kTwo, 1, 1}).count(), 2, 1e-12);
  EXPECT_NEAR(half.predict({kTwo, 2, 1}).count(), 1, 1e-12);
}

}  // namespace
}  // namespace stepconf::estimator
