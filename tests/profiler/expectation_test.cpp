#include "stepconf/profiler/expectation.h"

#include <gtest/gtest.h>

namespace stepconf::profiler {
namespace {

estimator::Sample sample(const std::string& function, int memory, int jobs, double duration_ms) {
  estimator::Sample result;
  result.function = function;
  result.memory = {memory};
  result.jobs = jobs;
  result.duration_ms = duration_ms;
  return result;
}

// A GB-second costs a dollar, a request nothing.
const pricing::PriceSheet kPrices = pricing::price_sheet(
    "us-east-1", "x86_64", pricing::Orchestrator::none,
    {.usd_per_gb_second = 1.0, .usd_per_request = 0.0, .usd_per_transition = {}});

TEST(Expectation, KnowsNothingBeforeTheFirstSample) {
  const Expectation expectation(kPrices);
  EXPECT_FALSE(expectation.duration("f", {{1024}, 1, 1}));
  EXPECT_EQ(expectation.next("f", {{1024}, 1, 1}, true).cost.value, 0);
}

TEST(Expectation, TakesTheMeanOfTheSameLoad) {
  Expectation expectation(kPrices);
  expectation.add(sample("f", 1024, 1, 1000));
  expectation.add(sample("f", 1024, 1, 3000));
  expectation.add(sample("f", 512, 1, 9000));
  EXPECT_EQ(expectation.duration("f", {{1024}, 1, 1}), Seconds(2));
  // 2 s at 1 GB.
  EXPECT_DOUBLE_EQ(expectation.next("f", {{1024}, 1, 1}, false).cost.value, 2);
}

TEST(Expectation, ScalesTheNearestLoadByJobsAndCpuShare) {
  Expectation expectation(kPrices);
  expectation.add(sample("f", 1024, 1, 1000));
  // Half the CPU, three times the jobs.
  EXPECT_DOUBLE_EQ(expectation.duration("f", {{512}, 1, 3})->count(), 6);
  // One process has one vCPU however much memory there is.
  expectation.add(sample("f", 1769, 1, 600));
  EXPECT_DOUBLE_EQ(expectation.duration("f", {{3538}, 1, 1})->count(), 0.6);
}

TEST(Expectation, OfAnUnknownFunctionTakesWhatWasMeasuredLast) {
  Expectation expectation(kPrices);
  expectation.add(sample("f", 1024, 1, 1000));
  expectation.add(sample("g", 1024, 1, 7000));
  EXPECT_EQ(expectation.duration("new", {{1024}, 1, 1}), Seconds(7));
}

TEST(Expectation, AddsTheLastInitOfAColdCall) {
  Expectation expectation(kPrices);
  estimator::Sample cold = sample("f", 1024, 1, 1000);
  cold.cold = true;
  cold.init_ms = 500;
  expectation.add(cold);
  EXPECT_EQ(expectation.next("f", {{1024}, 1, 1}, true).time, Seconds(1.5));
  EXPECT_EQ(expectation.next("f", {{1024}, 1, 1}, false).time, Seconds(1));
}

TEST(Expectation, LearnsNothingFromFailures) {
  Expectation expectation(kPrices);
  estimator::Sample failed = sample("f", 1024, 1, 60'000);
  failed.status = "Sandbox.Timedout";
  expectation.add(failed);
  EXPECT_FALSE(expectation.duration("f", {{1024}, 1, 1}));
}

}  // namespace
}  // namespace stepconf::profiler
