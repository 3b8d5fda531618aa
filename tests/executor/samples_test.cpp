#include "stepconf/executor/samples.h"

#include <gtest/gtest.h>

namespace stepconf::executor {
namespace {

// One instance of the function f that worked for `ended` seconds.
StepRecord record_of(const char* execution, const char* start, double ended) {
  StepRecord record;
  record.execution = execution;
  record.started_at = asl::parse_timestamp(start);
  record.function = "f";
  InstanceRecord instance;
  instance.jobs = 1;
  instance.ended = Seconds(ended);
  instance.status = "ok";
  record.detail = {instance};
  return record;
}

TEST(Samples, AreTheInstancesOfARunWithTheirMappingDelay) {
  StepRecord record;
  record.function = "f";
  record.configuration = {{512}, 2, 4};
  record.ready = Seconds(1);
  InstanceRecord cold;
  cold.jobs = 2;
  cold.dispatched = Seconds(1.1);
  cold.started = Seconds(1.5);
  cold.ended = Seconds(3.5);
  cold.cold = true;
  cold.init = Seconds(0.4);
  cold.status = "ok";
  InstanceRecord aborted;
  aborted.status = "aborted";
  record.detail = {cold, aborted};

  const auto samples = samples_of(std::vector{record});
  ASSERT_EQ(samples.size(), 1u);
  EXPECT_EQ(samples[0].function, "f");
  EXPECT_EQ(samples[0].load(), (estimator::InstanceLoad{{512}, 4, 2, 2}));
  EXPECT_EQ(samples[0].instances, 2);
  EXPECT_EQ(samples[0].duration_ms, 2000);
  EXPECT_EQ(samples[0].dispatch_ms, 500);
  EXPECT_EQ(samples[0].init_ms, 400);
  EXPECT_FALSE(samples[0].max_memory_mb);
  EXPECT_TRUE(samples[0].cold);
}

TEST(Samples, AreNotTakenOfInstancesWhoseJobsFailed) {
  StepRecord record;
  record.function = "f";
  InstanceRecord instance;
  instance.jobs = 2;
  instance.status = "ok";
  instance.failed_jobs = 1;
  record.detail = {instance};
  EXPECT_TRUE(samples_of(std::vector{record}).empty());
}

TEST(Samples, OfSeveralExecutionsAreSessionsInOrderOfTime) {
  const auto sessions = sessions_of(std::vector{record_of("a", "2026-11-02T00:00:00Z", 1),
                                                record_of("b", "2026-11-01T00:00:00Z", 2),
                                                record_of("a", "2026-11-02T00:00:00Z", 3)});
  ASSERT_EQ(sessions.size(), 2u);
  EXPECT_EQ(sessions[1].at - sessions[0].at, Seconds(86'400));
  ASSERT_EQ(sessions[0].samples.size(), 1u);
  EXPECT_EQ(sessions[0].samples[0].duration_ms, 2000);
  ASSERT_EQ(sessions[1].samples.size(), 2u);
  EXPECT_EQ(sessions[1].samples[1].duration_ms, 3000);
}

TEST(Samples, LeaveOutInstancesThatWorkedNobodyKnowsHowLong) {
  StepRecord record = record_of("e", "2026-11-25T17:33:00Z", 2);
  record.detail[0].reported = false;
  EXPECT_TRUE(samples_of(std::vector{record}).empty());
  // That it failed is known.
  record.detail[0].status = "Runtime.OutOfMemory";
  EXPECT_EQ(samples_of(std::vector{record}).size(), 1U);
}

}  // namespace
}  // namespace stepconf::executor
