#include "stepconf/deploy/apply.h"

#include <gtest/gtest.h>

#include "stepconf/deploy/changes.h"
#include "tests/deploy/shop.h"

namespace stepconf::deploy {
namespace {

int count(const FakeControlPlane& plane, const std::string& action) {
  return static_cast<int>(std::ranges::count(plane.calls, action));
}

bool only_reads(const FakeControlPlane& plane) {
  return std::ranges::all_of(plane.calls, [](const std::string& action) {
    const std::string verb = action.substr(action.find(':') + 1);
    return verb.starts_with("Get") || verb.starts_with("List") || verb.starts_with("Describe");
  });
}

TEST(Apply, MakesOneVersionAndAliasForEachMemorySize) {
  ShopAccount account;
  const Shop shop;
  EXPECT_EQ(account.deploy(shop).left, "");
  for (const WantedFunction& function : shop.wanted().functions) {
    for (const auto& [memory, arn] : arns_by_size(shop.names(), function)) {
      EXPECT_EQ(account.plane.invoked(arn), function.description(memory)) << arn;
    }
  }
  // Two functions of two sizes, and the configurator of one; one layer.
  EXPECT_EQ(count(account.plane, "lambda:PublishVersion"), 5);
  EXPECT_EQ(count(account.plane, "lambda:PublishLayerVersion"), 1);
  EXPECT_EQ(account.plane.definition(shop.names().state_machine_arn()),
            shop.wanted().machine.definition);
  EXPECT_EQ(account.plane.inventory(""), account.users);
}

TEST(Apply, GivesCopiesTheWrappersLayerAfterTheirOwn) {
  ShopAccount account;
  account.deploy(Shop{});
  const auto copy = account.plane.find_function("stepconf-shop_extract");
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->settings.layers,
            (std::vector<std::string>{
                "arn:of:a:layer:1",
                "arn:aws:lambda:us-east-1:123456789012:layer:stepconf-shop_wrapper-x86_64:1"}));
  EXPECT_EQ(copy->settings.environment.at("BUCKET"), "b");
  EXPECT_EQ(copy->tags.at("stepconf:source"), "extract");
}

TEST(Apply, ChangesNothingWhereNothingDiffers) {
  ShopAccount account;
  account.deploy(Shop{});
  account.plane.calls.clear();
  account.deploy(Shop{});
  EXPECT_TRUE(only_reads(account.plane));
  EXPECT_FALSE(account.plane.calls.empty());
}

TEST(Apply, PublishesOnlyWhatASizeAddsToAFunction) {
  ShopAccount account;
  Shop shop;
  account.deploy(shop);
  account.plane.calls.clear();
  shop.sizes.push_back(MemoryMb{2048});
  account.deploy(shop);
  EXPECT_EQ(count(account.plane, "lambda:PublishVersion"), 2);
  EXPECT_EQ(count(account.plane, "lambda:UpdateFunctionCode"), 0);
  EXPECT_EQ(account.plane.inventory("shop"), deployed(shop));
}

// The last size's version is deleted while $LATEST is still what it was made of, so that publishing
// would give the version before.
TEST(Apply, PublishesAgainWhatWasDeleted) {
  ShopAccount account;
  Shop shop;
  account.deploy(shop);
  account.deploy(Shop{.sizes = {MemoryMb{512}}});
  account.deploy(shop);
  for (const WantedFunction& function : shop.wanted().functions) {
    for (const auto& [memory, arn] : arns_by_size(shop.names(), function)) {
      const auto invoked = account.plane.invoked(arn);
      ASSERT_TRUE(invoked) << arn;
      EXPECT_TRUE(function.is_described_by(*invoked, memory)) << *invoked;
    }
  }
  account.plane.calls.clear();
  account.deploy(shop);
  EXPECT_TRUE(only_reads(account.plane));
}

TEST(Apply, SwitchesTheConfiguratorsModeByOneVersionAndItsAlias) {
  ShopAccount account;
  Shop shop;
  account.deploy(shop);
  account.plane.calls.clear();
  shop.mode = "observe";
  account.deploy(shop);
  EXPECT_EQ(count(account.plane, "lambda:PublishVersion"), 1);
  EXPECT_EQ(count(account.plane, "lambda:UpdateAlias"), 1);
  EXPECT_EQ(count(account.plane, "states:UpdateStateMachine"), 0);
  EXPECT_EQ(account.plane.inventory("shop"), deployed(shop));
}

TEST(Apply, KeepsWhatTheMachineNamesCallableAtEveryMoment) {
  ShopAccount account;
  Shop shop;
  account.deploy(shop);
  const std::string machine = shop.names().state_machine_arn();
  int checked = 0;
  account.plane.fault = [&](int, const std::string&, bool) {
    for (const Json& arn : Json::parse(account.plane.definition(machine))) {
      ++checked;
      EXPECT_TRUE(account.plane.invoked(arn.get<std::string>())) << arn;
    }
  };
  shop.code = "code 2";
  shop.functions = {"extract", "filter"};
  shop.sizes = {MemoryMb{1024}, MemoryMb{3008}};
  account.deploy(shop);
  EXPECT_GT(checked, 100);
  EXPECT_EQ(account.plane.inventory("shop"), deployed(shop));
}

TEST(Apply, LeavesSupersededVersionsToExecutionsThatRun) {
  ShopAccount account;
  Shop shop;
  account.deploy(shop);
  const std::string before = shop.wanted().machine.definition;
  shop.code = "code 2";
  account.plane.running.insert(shop.names().state_machine_arn());
  EXPECT_EQ(account.deploy(shop).left, "executions are running");
  for (const Json& arn : Json::parse(before)) {
    EXPECT_TRUE(account.plane.invoked(arn.get<std::string>())) << arn;
  }
  account.plane.running.clear();
  EXPECT_EQ(account.deploy(shop).left, "");
  EXPECT_EQ(account.plane.inventory("shop"), deployed(shop));
}

TEST(Apply, LeavesSupersededVersionsOfAnExpressMachineToTheNextTime) {
  ShopAccount account;
  Shop shop{.type = "EXPRESS"};
  account.deploy(shop);
  shop.code = "code 2";
  EXPECT_EQ(account.deploy(shop).left, "executions may be running for five minutes");
  EXPECT_EQ(account.deploy(shop).left, "");
  EXPECT_EQ(account.plane.inventory("shop"), deployed(shop));
}

TEST(Apply, RefusesWhatSomebodyElseOwnsAndLeavesItAlone) {
  ShopAccount account;
  const Shop shop;
  account.plane.create_function(
      "stepconf-shop_extract",
      {{.runtime = "python3.12", .role = "arn:aws:iam::123456789012:role/user"}, {}, {}},
      zip_code("other"), {});
  const std::string before = account.plane.inventory("");
  try {
    account.deploy(shop);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("function stepconf-shop_extract is there already"),
              std::string::npos)
        << error.what();
  }
  account.remove(shop);
  EXPECT_EQ(account.plane.inventory(""), before);
}

TEST(Apply, NamesTheActionAndTheResourceOfAMissingPermission) {
  ShopAccount account;
  account.plane.fault = [](int, const std::string& action, bool) {
    if (action != "lambda:PublishVersion") return;
    throw ControlPlaneError(Trouble::denied, action, "stepconf-shop_extract", "no identity policy");
  };
  try {
    account.deploy(Shop{});
    FAIL() << "nothing was thrown";
  } catch (const ControlPlaneError& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("lambda:PublishVersion on stepconf-shop_extract"), std::string::npos)
        << message;
  }
}

TEST(Apply, TakesOverALogGroupThatLambdaMade) {
  ShopAccount account;
  account.plane.create_log_group("/aws/lambda/stepconf-shop_extract", {});
  account.deploy(Shop{});
  EXPECT_EQ(account.plane.inventory("shop"), deployed(Shop{}));
}

TEST(Apply, LeavesTheCacheOutWhereItTravelsInTheExecution) {
  ShopAccount account;
  Shop shop;
  account.deploy(shop);
  shop.cache_table = false;
  account.deploy(shop);
  EXPECT_FALSE(account.plane.find_table("stepconf-shop"));
  EXPECT_EQ(account.plane.inventory("shop"), deployed(shop));
}

TEST(Remove, LeavesNothingAndTouchesNothingElse) {
  ShopAccount account;
  const Shop shop, other{.deployment = "shop2"};
  account.deploy(shop);
  account.deploy(other);
  const std::string others = account.plane.inventory("shop2");
  account.remove(shop);
  EXPECT_EQ(account.plane.inventory("shop"), "");
  EXPECT_EQ(account.plane.inventory("shop2"), others);
  EXPECT_EQ(account.plane.inventory(""), account.users);
}

TEST(Remove, FindsNothingInAnAccountWithoutDeployment) {
  ShopAccount account;
  account.remove(Shop{});
  EXPECT_TRUE(only_reads(account.plane));
}

TEST(Apply, DeploysAHundredFunctions) {
  ShopAccount account;
  Shop shop;
  shop.functions.clear();
  for (int i = 0; i < 100; ++i) shop.functions.push_back("function-" + std::to_string(i));
  account.deploy(shop);
  EXPECT_EQ(account.plane.functions_named("stepconf-shop_").size(), 100U);
  EXPECT_EQ(account.plane.versions("stepconf-shop_function-99").size(), 2U);
  EXPECT_GT(account.plane.throttled, 0);
  EXPECT_TRUE(changes(shop.wanted(), observe_state(shop.names(), account.plane)).empty());
  account.remove(shop);
  EXPECT_EQ(account.plane.inventory(""), account.users);
}

}  // namespace
}  // namespace stepconf::deploy
