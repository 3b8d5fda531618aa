#include "stepconf/aws/backoff.h"

#include <gtest/gtest.h>

namespace stepconf::aws {
namespace {

TEST(Backoff, WaitsLessThanABoundThatDoubles) {
  const RetryPolicy policy{.attempts = 6, .first_wait = Seconds{1}, .longest_wait = Seconds{4}};
  std::minstd_rand random(1);
  for (int run = 0; run < 100; ++run) {
    Backoff backoff(policy, random);
    for (const double bound : {1.0, 2.0, 4.0, 4.0, 4.0}) {
      const auto wait = backoff.next(Seconds{0});
      ASSERT_TRUE(wait);
      EXPECT_GE(wait->count(), 0);
      EXPECT_LT(wait->count(), bound);
    }
    EXPECT_FALSE(backoff.next(Seconds{0})) << "there are six attempts";
  }
}

TEST(Backoff, BeginsNoAttemptAfterTheTotal) {
  const RetryPolicy policy{.total = Seconds{10}};
  std::minstd_rand random(1);
  Backoff backoff(policy, random);
  EXPECT_TRUE(backoff.next(Seconds{1}));
  EXPECT_FALSE(backoff.next(Seconds{10}));
}

TEST(Backoff, DrawsDifferentWaits) {
  const RetryPolicy policy;
  std::minstd_rand random(1);
  EXPECT_NE(Backoff(policy, random).next(Seconds{0}), Backoff(policy, random).next(Seconds{0}));
}

}  // namespace
}  // namespace stepconf::aws
