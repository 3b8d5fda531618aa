#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "stepconf/deploy/apply.h"
#include "stepconf/deploy/paced_control_plane.h"
#include "tests/deploy/shop.h"

namespace stepconf::deploy {
namespace {

TEST(TokenBucket, LetsABurstThroughAndThenItsRate) {
  TokenBucket bucket(2, 0.5);
  EXPECT_EQ(bucket.take(Seconds(10)), Seconds(0));
  EXPECT_EQ(bucket.take(Seconds(10)), Seconds(0));
  EXPECT_EQ(bucket.take(Seconds(10)), Seconds(2));
  EXPECT_EQ(bucket.take(Seconds(12)), Seconds(2));
  // Full again after 4 s without a call, and 2 s of debt.
  EXPECT_EQ(bucket.take(Seconds(20)), Seconds(0));
  EXPECT_EQ(bucket.take(Seconds(20)), Seconds(0));
  EXPECT_EQ(bucket.take(Seconds(20)), Seconds(2));
}

TEST(TokenBucket, IsEmptyAfterItWasDrained) {
  TokenBucket bucket(5, 1);
  bucket.drain(Seconds(0));
  EXPECT_EQ(bucket.take(Seconds(0)), Seconds(1));
}

TEST(TokenBucket, NeverLetsMoreThroughThanBurstAndRateAllow) {
  EXPECT_TRUE(rc::check([] {
    const int capacity = *rc::gen::inRange(1, 10);
    const int rate = *rc::gen::inRange(1, 20);
    TokenBucket bucket(capacity, rate);
    std::vector<double> times;
    double now = 0;
    for (const int gap : *rc::gen::container<std::vector<int>>(100, rc::gen::inRange(0, 300))) {
      now += gap / 1000.0;
      now += bucket.take(Seconds(now)).count();
      times.push_back(now);
    }
    for (std::size_t first = 0; first < times.size(); ++first) {
      for (std::size_t last = first; last < times.size(); ++last) {
        const double allowed = capacity + rate * (times[last] - times[first]);
        RC_ASSERT(static_cast<double>(last - first + 1) <= allowed + 1e-6);
      }
    }
  }));
}

Shop sixteen_functions() {
  Shop shop{.deployment = "big"};
  shop.functions.clear();
  for (int i = 0; i < 16; ++i) shop.functions.push_back("step" + std::to_string(i));
  shop.sizes.clear();
  for (const int size : {512, 1024, 1769, 2048, 3008, 4096, 6144, 10240}) {
    shop.sizes.push_back(MemoryMb{size});
  }
  return shop;
}

// 129 versions at 35 a minute with 5 at once are 213 s; creating functions and roles comes before.
TEST(Pace, SixteenFunctionsOfEightSizesTakeLessThanSixMinutesAndAreNeverThrottled) {
  ShopAccount account;
  PacedControlPlane paced(account.plane, account.clock);
  const Seconds begun = account.clock.now();
  apply(sixteen_functions().wanted(), paced, account.clock, {});
  const Seconds taken = account.clock.now() - begun;
  RecordProperty("seconds", std::to_string(taken.count()));
  EXPECT_LT(taken, Seconds(360));
  EXPECT_GT(taken, Seconds(213));
  EXPECT_EQ(account.plane.throttled, 0);
}

TEST(Pace, ResumedWorkIsNotRepeated) {
  ShopAccount account;
  PacedControlPlane paced(account.plane, account.clock);
  const Shop shop = sixteen_functions();
  struct Killed {};
  account.plane.fault = [published = 0](int, const std::string& action, bool after) mutable {
    if (action == "lambda:PublishVersion" && after && ++published == 100) throw Killed{};
  };
  EXPECT_THROW(apply(shop.wanted(), paced, account.clock, {}), Killed);
  account.plane.fault = nullptr;
  account.plane.calls.clear();
  apply(shop.wanted(), paced, account.clock, {});
  EXPECT_EQ(std::ranges::count(account.plane.calls, "lambda:PublishVersion"), 29);
}

TEST(Pace, WithoutItTheAccountThrottlesAndTheDeploymentStillEndsRight) {
  ShopAccount account;
  const Shop shop = sixteen_functions();
  apply(shop.wanted(), account.plane, account.clock, {});
  EXPECT_GT(account.plane.throttled, 0);
  EXPECT_EQ(account.plane.inventory("big"), deployed(shop));
}

}  // namespace
}  // namespace stepconf::deploy
