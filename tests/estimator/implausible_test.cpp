#include "stepconf/estimator/implausible.h"

#include <gtest/gtest.h>

namespace stepconf::estimator {
namespace {

Sample sample(int memory, double duration_ms) {
  Sample result;
  result.function = "f";
  result.memory = MemoryMb{memory};
  result.duration_ms = duration_ms;
  return result;
}

TEST(ImplausibleDurations, AreSecondsAmongMilliseconds) {
  const std::vector<Sample> samples = {sample(512, 3000), sample(512, 3.1), sample(512, 3050),
                                       sample(1024, 1500)};
  EXPECT_EQ(implausible_durations(samples), std::vector<std::size_t>{1});
}

TEST(ImplausibleDurations, AreThoseOfAWholeLoadToo) {
  const std::vector<Sample> samples = {sample(512, 3000), sample(1024, 1.5), sample(1024, 1.6),
                                       sample(1769, 900), sample(3008, 880)};
  EXPECT_EQ(implausible_durations(samples), (std::vector<std::size_t>{1, 2}));
}

TEST(ImplausibleDurations, AreNotThoseThatAreMerelySlow) {
  Sample failed = sample(512, 1);
  failed.status = "Sandbox.Timedout";
  // A stall of 20 s, a memory size 80 times as fast, a failure after 1 ms.
  const std::vector<Sample> samples = {sample(128, 4000), sample(128, 20'000), sample(10240, 50),
                                       failed};
  EXPECT_TRUE(implausible_durations(samples).empty());
  EXPECT_TRUE(implausible_durations({}).empty());
}

}  // namespace
}  // namespace stepconf::estimator
