#include "stepconf/platform/local/dispatch_delay.h"

#include <gtest/gtest.h>

#include "stepconf/platform/local/local_platform.h"

namespace stepconf::platform {
namespace {

TEST(DispatchDelay, OfASmallMapHasTwoRounds) {
  // 0.145 + 0.0025 * 1, 0.145 + 0.0025 * 8, and 0.145 + 0.0025 * 16 + 0.075
  EXPECT_NEAR(map_delay(1, 1).count(), 0.1475, 1e-9);
  EXPECT_NEAR(map_delay(8, 16).count(), 0.165, 1e-9);
  EXPECT_NEAR(map_delay(16, 16).count(), 0.260, 1e-9);
}

TEST(DispatchDelay, OfALargeMapBendsAfterFourteenIterations) {
  // 0.272 + 0.0115 * 13; 0.467 + 0.1004 * 16 + 0.00292 * 256; the same with 36
  EXPECT_NEAR(map_delay(14, 50).count(), 0.4215, 1e-9);
  EXPECT_NEAR(map_delay(30, 50).count(), 2.82092, 1e-9);
  EXPECT_NEAR(map_delay(50, 50).count(), 7.86572, 1e-9);
}

TEST(DispatchDelay, LiesBetweenTheMeasuredSizesOfMaps) {
  // Half way from 16 to 50; small 0.145 + 0.0025 * 30 + 0.075, large as above.
  EXPECT_NEAR(map_delay(30, 33).count(), (0.295 + 2.82092) / 2, 1e-9);
}

TEST(DispatchDelay, IsAsMeasuredOnStepFunctions) {
  // Medians from SeBS-Flow's raw timestamps: iterations, position, seconds.
  struct Measured {
    int together, position;
    double seconds;
  };
  for (const Measured& measured :
       {Measured{2, 2, 0.168}, Measured{8, 1, 0.144}, Measured{8, 8, 0.180},
        Measured{16, 10, 0.259}, Measured{16, 16, 0.289}, Measured{50, 1, 0.271},
        Measured{50, 14, 0.451}, Measured{50, 32, 3.207}, Measured{50, 50, 7.856}}) {
    EXPECT_NEAR(map_delay(measured.position, measured.together).count() / measured.seconds, 1, 0.12)
        << measured.position << " of " << measured.together;
  }
}

TEST(DispatchDelay, OfATaskGrowsWithItsEvent) {
  EXPECT_NEAR(task_delay(0).count(), 0.160, 1e-9);
  EXPECT_NEAR(task_delay(100 * 1024).count(), 0.260, 1e-9);
}

TEST(DispatchDelay, IsForStepFunctionsOnly) {
  Invocation invocation;
  invocation.payload = std::string(1024, ' ');
  EXPECT_EQ(delay_of(invocation, Dispatch::direct), Seconds(0));
  EXPECT_NEAR(delay_of(invocation, Dispatch::step_functions).count(), 0.161, 1e-9);
  invocation.position = invocation.together = 2;
  EXPECT_NEAR(delay_of(invocation, Dispatch::step_functions).count(), 0.150, 1e-9);
}

TEST(DispatchDelay, PassesBeforeAnEventIsDeliveredAndLongerBeforeAColdStart) {
  LocalPlatformOptions options;
  options.memory_sizes = {{512}};
  options.functions["f"] = {.command = {PLATFORM_FUNCTION},
                            .directory = "/",
                            .environment = {},
                            .timeout = Seconds(30),
                            .memory_sizes = {}};
  options.dispatch = Dispatch::step_functions;
  Spawner spawner;
  LocalPlatform platform(options, spawner);
  const auto delay_of_next = [&platform](InvocationId id) {
    platform.start({.id = id,
                    .function = "f",
                    .memory = {512},
                    .payload = "{}",
                    .position = 1,
                    .together = 1});
    const auto completion = platform.wait_next(platform.now() + Seconds(20));
    if (!completion || !completion->ok()) throw Error("the call failed");
    EXPECT_EQ(completion->cold, id == 1);
    return completion->started - completion->dispatched - completion->init;
  };
  const Seconds cold = delay_of_next(1), warm = delay_of_next(2);
  EXPECT_GE(cold, map_delay(1, 1) + kColdStartDelay);
  EXPECT_GE(warm, map_delay(1, 1));
}

TEST(DispatchDelay, DoesNotHoldUpAPlatformThatEnds) {
  LocalPlatformOptions options;
  options.memory_sizes = {{512}};
  options.functions["f"].command = {PLATFORM_FUNCTION};
  options.dispatch = Dispatch::step_functions;
  Spawner spawner;
  LocalPlatform platform(options, spawner);
  platform.start({.id = 1, .function = "f", .memory = {512}, .payload = "{}"});
}

}  // namespace
}  // namespace stepconf::platform
