#include "stepconf/deploy/status.h"

#include <gtest/gtest.h>

#include <map>

#include "stepconf/deploy/cost.h"
#include "tests/deploy/shop.h"

namespace stepconf::deploy {
namespace {

DeploymentStatus status_of(const Shop& shop, ShopAccount& account) {
  return status(shop.wanted(), observe_state(shop.names(), account.plane));
}

std::vector<std::string> listed(const std::vector<Change>& changes) {
  std::vector<std::string> lines;
  for (const Change& change : changes) {
    lines.push_back(to_string(change.kind) + " " + change.part + " " + change.name);
  }
  return lines;
}

TEST(Changes, OfAFirstDeploymentAreAllItsParts) {
  ShopAccount account;
  const Shop shop{.functions = {"extract"}};
  const auto observed = observe_state(shop.names(), account.plane);
  EXPECT_EQ(
      listed(changes(shop.wanted(), observed)),
      (std::vector<std::string>{
          "create log group /aws/lambda/stepconf-shop_extract",
          "create log group /aws/lambda/stepconf-shop",
          "create role stepconf-shop_configurator_us-east-1",
          "create role stepconf-shop_machine_us-east-1", "create table stepconf-shop",
          "create layer stepconf-shop_wrapper-x86_64", "create function stepconf-shop_extract",
          "create function stepconf-shop", "create state machine stepconf-shop"}));
}

TEST(Changes, AreNoneAfterADeployment) {
  ShopAccount account;
  account.deploy(Shop{});
  EXPECT_TRUE(status_of(Shop{}, account).changes.empty());
}

TEST(Changes, NameTheVersionsThatAreMadeAndThoseThatGo) {
  ShopAccount account;
  Shop shop{.functions = {"extract"}};
  account.deploy(shop);
  shop.sizes = {MemoryMb{512}, MemoryMb{2048}};
  const auto found = status_of(shop, account).changes;
  const std::string alias = shop.wanted().functions.front().alias(MemoryMb{1024});
  EXPECT_EQ(listed(found), (std::vector<std::string>{"update function stepconf-shop_extract",
                                                     "remove version stepconf-shop_extract:2",
                                                     "remove alias stepconf-shop_extract:" + alias,
                                                     "update state machine stepconf-shop"}));
  EXPECT_EQ(found.front().detail, "1 version: 2048 MB");
}

TEST(Changes, NameTheFunctionsThatLeftTheProject) {
  ShopAccount account;
  account.deploy(Shop{});
  const auto found = listed(status_of(Shop{.functions = {"extract"}}, account).changes);
  EXPECT_NE(std::ranges::find(found, "remove function stepconf-shop_detect"), found.end());
}

TEST(Status, TellsACopyWhoseSourceChangedFromOneWhoseWrapperDid) {
  ShopAccount account;
  account.deploy(Shop{});
  EXPECT_EQ(status_of(Shop{}, account).functions.front().state, CopyState::current);
  EXPECT_EQ(status_of(Shop{.code = "code 2"}, account).functions.front().state, CopyState::stale);
  EXPECT_EQ(status_of(Shop{.wrapper = "wrapper 2"}, account).functions.front().state,
            CopyState::outdated);
  EXPECT_EQ(
      status_of(Shop{.sizes = {MemoryMb{512}, MemoryMb{3008}}}, account).functions.front().state,
      CopyState::incomplete);
  EXPECT_EQ(status_of(Shop{.functions = {"filter"}}, account).functions.front().state,
            CopyState::missing);
}

TEST(Status, IsWrittenAsTheContractSays) {
  ShopAccount account;
  const Shop shop{.functions = {"extract"}};
  EXPECT_TRUE(to_json(status_of(shop, account))["state_machine_arn"].is_null());
  account.deploy(shop);
  const Json json = to_json(status_of(shop, account));
  EXPECT_EQ(json["deployment"], "shop");
  EXPECT_EQ(json["state_machine_arn"],
            "arn:aws:states:us-east-1:123456789012:stateMachine:stepconf-shop");
  EXPECT_EQ(json["changes"], Json::array());
  const Json& extract = json["functions"]["extract"];
  EXPECT_EQ(extract["arn"], "arn:aws:lambda:us-east-1:123456789012:function:stepconf-shop_extract");
  EXPECT_EQ(extract["sizes"]["512"], extract["arn"].get<std::string>() + ":" +
                                         shop.wanted().functions.front().alias(MemoryMb{512}));
  EXPECT_EQ(extract["wrapped_by"], "layer");
}

// One request 0.2e-6, 0.5 GB for 2 ms (1.2 ms rounded up) at 1.33334e-5, one read and one write
// unit: 0.2e-6 + 0.0133334e-6 + 0.75e-6. Three transitions at 25e-6.
TEST(DeploymentCost, IsThatOfDecisionsAndTransitions) {
  const WantedState wanted = Shop{}.wanted();
  const auto prices = pricing::price_sheet("us-east-1", "arm64");
  const DeploymentCost cost = deployment_cost(wanted, 3, Seconds(0.0012), prices);
  EXPECT_NEAR(cost.per_decision.value, 0.9633334e-6, 1e-15);
  EXPECT_NEAR(cost.per_execution_transitions.value, 75e-6, 1e-12);
  EXPECT_EQ(cost.versions, 5);
  // Each function's zip for $LATEST and two versions: "extractcode 1" and "detectcode 1"; the
  // configurator's for two; the layer's once.
  EXPECT_EQ(cost.code_bytes, 3u * 13 + 3u * 12 + 2u * 12 + 9);
}

TEST(Removals, AreWhatBearsTheDeploymentsTag) {
  ShopAccount account;
  const Shop shop;
  EXPECT_TRUE(removals(shop.names(), observe_state(shop.names(), account.plane)).empty());
  account.deploy(shop);
  std::map<std::string, int> parts;
  for (const Change& change : removals(shop.names(), observe_state(shop.names(), account.plane))) {
    EXPECT_EQ(change.kind, Change::Kind::remove);
    ++parts[change.part];
  }
  // Two copies and the configurator, each with a log group.
  EXPECT_EQ(parts, (std::map<std::string, int>{{"function", 3},
                                               {"layer", 1},
                                               {"log group", 3},
                                               {"role", 2},
                                               {"state machine", 1},
                                               {"table", 1}}));
}

// The configurator's name, in the hands of somebody else.
TEST(Removals, LeaveOutWhatIsSomebodyElses) {
  ShopAccount account;
  const Shop shop;
  account.plane.create_log_group("/aws/lambda/stepconf-shop", {{"stepconf:deployment", "other"}});
  EXPECT_TRUE(removals(shop.names(), observe_state(shop.names(), account.plane)).empty());
}

}  // namespace
}  // namespace stepconf::deploy
