#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "stepconf/base/error.h"
#include "stepconf/deploy/deployment_names.h"
#include "stepconf/deploy/role_policies.h"

namespace stepconf::deploy {
namespace {

const Account kAccount{"aws-cn", "cn-north-1", "123456789012"};

TEST(DeploymentNames, ShowDeploymentAndFunction) {
  const DeploymentNames names("shop", kAccount);
  EXPECT_EQ(names.function_copy("extract"), "stepconf-shop_extract");
  EXPECT_EQ(names.function_arn("stepconf-shop_extract", "mem-512-01234567"),
            "arn:aws-cn:lambda:cn-north-1:123456789012:function:stepconf-shop_extract:"
            "mem-512-01234567");
  EXPECT_EQ(names.configurator_role(), "stepconf-shop_configurator_cn-north-1");
  EXPECT_EQ(names.role_arn("r"), "arn:aws-cn:iam::123456789012:role/r");
}

TEST(DeploymentNames, AreShortenedToLambdasLimitAndStayDifferent) {
  const DeploymentNames names(std::string(24, 'd'), kAccount);
  const std::string first = names.function_copy(std::string(63, 'f') + "1");
  const std::string second = names.function_copy(std::string(63, 'f') + "2");
  EXPECT_EQ(first.size(), 64u);
  EXPECT_NE(first, second);
  EXPECT_EQ(first, names.function_copy(std::string(63, 'f') + "1"));
  EXPECT_TRUE(first.starts_with(names.copies_prefix()));
}

TEST(DeploymentNames, OfRolesFitIntoIamsLimitInEveryRegion) {
  const DeploymentNames names(std::string(24, 'd'), {"aws", "ap-southeast-2", "123456789012"});
  EXPECT_LE(names.configurator_role().size(), 64u);
  EXPECT_LE(names.machine_role().size(), 64u);
}

TEST(DeploymentNames, RefuseWhatAwsOrTheSeparatorDoNotAllow) {
  for (const char* name : {"", "Shop", "1shop", "shop_1", "a.b", "abcdefghijklmnopqrstuvwxy"}) {
    EXPECT_THROW(DeploymentNames(name, kAccount), InvalidInput) << name;
  }
  EXPECT_THROW(DeploymentNames("shop", {"aws", "us-east-1", "12345678901a"}), InvalidInput);
}

TEST(DeploymentNames, OfTwoDeploymentsAreNeverTheSame) {
  EXPECT_TRUE(rc::check([] {
    const auto letters = rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab-_")));
    const auto deployment =
        rc::gen::map(rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab-"))),
                     [](const std::string& rest) { return "d" + rest.substr(0, 23); });
    const std::string one = *deployment, two = *deployment;
    RC_PRE(one != two);
    const std::string f = *letters, g = *letters;
    RC_ASSERT(DeploymentNames(one, kAccount).function_copy(f) !=
              DeploymentNames(two, kAccount).function_copy(g));
  }));
}

TEST(RolePolicies, LetTheConfiguratorDoNoMoreThanItNeeds) {
  const DeploymentNames names("shop", kAccount);
  const Json with_cache = configurator_permissions(names, true);
  ASSERT_EQ(with_cache["Statement"].size(), 2u);
  EXPECT_EQ(with_cache["Statement"][1]["Resource"],
            "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/stepconf-shop");
  EXPECT_EQ(configurator_permissions(names, false)["Statement"].size(), 1u);
}

TEST(RolePolicies, LetTheMachineCallThisDeploymentsFunctionsOnly) {
  const Json document = machine_permissions(DeploymentNames("shop", kAccount));
  const Json expected =
      Json::array({"arn:aws-cn:lambda:cn-north-1:123456789012:function:stepconf-shop:*",
                   "arn:aws-cn:lambda:cn-north-1:123456789012:function:stepconf-shop_*:*"});
  EXPECT_EQ(document["Statement"][0]["Resource"], expected);
  EXPECT_EQ(document["Statement"][0]["Action"], "lambda:InvokeFunction");
}

TEST(RolePolicies, LetNoOtherAccountsMachinesBorrowTheRole) {
  const Json document = machine_trust(DeploymentNames("shop", kAccount));
  EXPECT_EQ(document["Statement"][0]["Condition"]["StringEquals"]["aws:SourceAccount"],
            "123456789012");
}

}  // namespace
}  // namespace stepconf::deploy
