// Deployments that end, or whose calls fail, at every single call.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "stepconf/deploy/apply.h"
#include "stepconf/deploy/changes.h"
#include "tests/deploy/shop.h"

namespace stepconf::deploy {
namespace {

// The process is gone.
struct Killed {};

void kill_at(FakeControlPlane& plane, int number, bool after) {
  plane.fault = [&plane, number, after, base = static_cast<int>(plane.calls.size())](
                    int call, const std::string&, bool now_after) {
    if (call - base == number && now_after == after) throw Killed{};
  };
}

// Tells whether it was killed.
template <class Action>
bool killed(FakeControlPlane& plane, Action action) {
  try {
    action();
    plane.fault = nullptr;
    return false;
  } catch (const Killed&) {
    plane.fault = nullptr;
    return true;
  }
}

// Calls `trial(number, after)` for each call of what it disturbs, until it says that there are no
// more; gives how many there were.
template <class Trial>
int at_every_call(Trial trial) {
  int number = 1;
  for (; trial(number, false); ++number) trial(number, true);
  return number - 1;
}

TEST(Interruption, OfAFirstDeploymentAtAnyCallIsMendedByTheNext) {
  const Shop shop;
  const std::string expected = deployed(shop);
  const int calls = at_every_call([&](int number, bool after) {
    ShopAccount account;
    kill_at(account.plane, number, after);
    const bool was_killed = killed(account.plane, [&] { account.deploy(shop); });
    account.deploy(shop);
    EXPECT_EQ(account.plane.inventory("shop"), expected) << "call " << number << after;
    EXPECT_EQ(account.plane.inventory(""), account.users) << "call " << number << after;
    // No version twice, whatever answer was lost.
    EXPECT_EQ(account.plane.published.at("stepconf-shop_extract"), 2) << number << after;
    EXPECT_EQ(account.plane.published.at("stepconf-shop"), 1) << number << after;
    EXPECT_EQ(account.plane.published.at("stepconf-shop_wrapper-x86_64"), 1) << number << after;
    return was_killed;
  });
  EXPECT_GT(calls, 60);
}

TEST(Interruption, OfARedeploymentAtAnyCallIsMendedByTheNext) {
  const Shop before;
  Shop shop;
  shop.code = "code 2";
  shop.wrapper = "wrapper 2";
  shop.functions = {"detect", "filter"};
  shop.sizes = {MemoryMb{512}, MemoryMb{3008}};
  shop.cache_table = false;
  const std::string expected = deployed(shop);
  const int calls = at_every_call([&](int number, bool after) {
    ShopAccount account;
    account.deploy(before);
    kill_at(account.plane, number, after);
    const bool was_killed = killed(account.plane, [&] { account.deploy(shop); });
    account.deploy(shop);
    EXPECT_EQ(account.plane.inventory("shop"), expected) << "call " << number << after;
    EXPECT_EQ(account.plane.inventory(""), account.users) << "call " << number << after;
    // Two of before and two of now.
    EXPECT_EQ(account.plane.published.at("stepconf-shop_detect"), 4) << number << after;
    return was_killed;
  });
  EXPECT_GT(calls, 60);
}

TEST(Interruption, OfADeploymentLeavesARemovalNothing) {
  const Shop shop;
  at_every_call([&](int number, bool after) {
    ShopAccount account;
    kill_at(account.plane, number, after);
    const bool was_killed = killed(account.plane, [&] { account.deploy(shop); });
    account.remove(shop);
    EXPECT_EQ(account.plane.inventory("shop"), "") << "call " << number << after;
    EXPECT_EQ(account.plane.inventory(""), account.users) << "call " << number << after;
    return was_killed;
  });
}

TEST(Interruption, OfARemovalAtAnyCallIsMendedByTheNext) {
  const Shop shop;
  const int calls = at_every_call([&](int number, bool after) {
    ShopAccount account;
    account.deploy(shop);
    kill_at(account.plane, number, after);
    const bool was_killed = killed(account.plane, [&] { account.remove(shop); });
    account.remove(shop);
    EXPECT_EQ(account.plane.inventory("shop"), "") << "call " << number << after;
    EXPECT_EQ(account.plane.inventory(""), account.users) << "call " << number << after;
    return was_killed;
  });
  EXPECT_GT(calls, 15);
}

TEST(Trouble, ThatPassesAtAnyCallIsGotOverWithinTheSameRun) {
  const Shop shop;
  const std::string expected = deployed(shop);
  for (const Trouble trouble : {Trouble::throttled, Trouble::conflict, Trouble::unanswered}) {
    at_every_call([&](int number, bool after) {
      ShopAccount account;
      bool met = false;
      account.plane.fault = [&](int call, const std::string& action, bool now_after) {
        if (call != number || now_after != after) return;
        met = true;
        throw ControlPlaneError(after ? Trouble::unanswered : trouble, action, "it", "trouble");
      };
      account.deploy(shop);
      EXPECT_EQ(account.plane.inventory("shop"), expected) << "call " << number << after;
      EXPECT_EQ(account.plane.published.at("stepconf-shop_detect"), 2) << number << after;
      account.remove(shop);
      EXPECT_EQ(account.plane.inventory("shop"), "") << "call " << number << after;
      return met;
    });
  }
}

TEST(Trouble, ThatIsAMissingPermissionIsNamedAtAnyCallAndMendedByTheNextRun) {
  const Shop shop;
  const std::string expected = deployed(shop);
  at_every_call([&](int number, bool) {
    ShopAccount account;
    std::string missing;
    account.plane.fault = [&](int call, const std::string& action, bool after) {
      if (call != number || after) return;
      missing = action;
      throw ControlPlaneError(Trouble::denied, action, "the resource", "no policy allows it");
    };
    std::string message;
    try {
      account.deploy(shop);
    } catch (const ControlPlaneError& error) {
      message = error.what();
    }
    account.plane.fault = nullptr;
    if (missing.empty()) return false;
    EXPECT_TRUE(message.starts_with("not allowed: " + missing + " on the resource")) << message;
    account.deploy(shop);
    EXPECT_EQ(account.plane.inventory("shop"), expected) << "call " << number;
    return true;
  });
}

TEST(Trouble, ThatDoesNotPassEndsTheRunAfterFiveMinutes) {
  ShopAccount account;
  account.plane.fault = [](int, const std::string& action, bool) {
    if (action != "lambda:CreateAlias") return;
    throw ControlPlaneError(Trouble::unanswered, action, "it", "no answer");
  };
  const Seconds begun = account.clock.now();
  EXPECT_THROW(account.deploy(Shop{}), ControlPlaneError);
  EXPECT_GT(account.clock.now() - begun, Seconds(300));
  EXPECT_LT(account.clock.now() - begun, Seconds(400));
}

// Some of `all`, at least the first.
template <class Item>
std::vector<Item> some_of(const std::vector<Item>& all) {
  std::vector<Item> some;
  for (const Item& item : all) {
    if (*rc::gen::arbitrary<bool>()) some.push_back(item);
  }
  if (some.empty()) some.push_back(all.front());
  return some;
}

Shop any_shop() {
  Shop shop;
  shop.functions = some_of<std::string>({"extract", "detect", "filter", "encode"});
  shop.sizes = some_of<MemoryMb>({MemoryMb{128}, MemoryMb{512}, MemoryMb{1769}, MemoryMb{10240}});
  shop.code = *rc::gen::element<std::string>("code 1", "code 2");
  shop.wrapper = *rc::gen::element<std::string>("wrapper 1", "wrapper 2");
  shop.mode = *rc::gen::element<std::string>("on", "observe");
  shop.cache_table = *rc::gen::arbitrary<bool>();
  shop.architecture = *rc::gen::element<std::string>("x86_64", "arm64");
  return shop;
}

TEST(Interruption, OfAnyDeploymentsInARowEndsAsTheLastOneAlone) {
  EXPECT_TRUE(rc::check([] {
    ShopAccount account;
    const int before = *rc::gen::inRange(0, 4);
    for (int i = 0; i < before; ++i) {
      const Shop shop = any_shop();
      kill_at(account.plane, *rc::gen::inRange(1, 150), *rc::gen::arbitrary<bool>());
      killed(account.plane, [&] { account.deploy(shop); });
    }
    const Shop last = any_shop();
    account.deploy(last);
    RC_ASSERT(account.plane.inventory("shop") == deployed(last));
    RC_ASSERT(account.plane.inventory("") == account.users);
    RC_ASSERT(changes(last.wanted(), observe_state(last.names(), account.plane)).empty());
    account.remove(last);
    RC_ASSERT(account.plane.inventory("shop").empty());
    RC_ASSERT(account.plane.inventory("") == account.users);
  }));
}

}  // namespace
}  // namespace stepconf::deploy
