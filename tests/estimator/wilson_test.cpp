#include "stepconf/estimator/wilson.h"

#include <gtest/gtest.h>

namespace stepconf::estimator {
namespace {

TEST(WilsonInterval, AgreesWithItsFormulaWorkedByHand) {
  // 8 of 10 with z = 1.96: (0.8 + 0.19207 +- 1.96 sqrt(0.016 + 0.0096035)) / 1.384146.
  const Interval interval = wilson_interval(8, 10);
  EXPECT_NEAR(interval.lower, 0.49016, 1e-4);
  EXPECT_NEAR(interval.upper, 0.94332, 1e-4);
}

TEST(WilsonInterval, StaysAShare) {
  EXPECT_EQ(wilson_interval(0, 0), (Interval{0, 1}));
  EXPECT_NEAR(wilson_interval(0, 10).lower, 0, 1e-12);
  EXPECT_NEAR(wilson_interval(10, 10).upper, 1, 1e-12);
  EXPECT_GT(wilson_interval(10, 10).lower, 0.7);
}

}  // namespace
}  // namespace stepconf::estimator
