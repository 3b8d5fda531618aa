#include "stepconf/executor/samples.h"

#include <gtest/gtest.h>

namespace stepconf::executor {
namespace {

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

  const auto samples = samples_of({record});
  ASSERT_EQ(samples.size(), 1u);
  EXPECT_EQ(samples[0].function, "f");
  EXPECT_EQ(samples[0].load(), (estimator::InstanceLoad{{512}, 4, 2}));
  EXPECT_EQ(samples[0].instances, 2);
  EXPECT_EQ(samples[0].duration_ms, 2000);
  EXPECT_EQ(samples[0].dispatch_ms, 500);
  EXPECT_EQ(samples[0].init_ms, 400);
  EXPECT_FALSE(samples[0].max_memory_mb);
  EXPECT_TRUE(samples[0].cold);
}

}  // namespace
}  // namespace stepconf::executor
