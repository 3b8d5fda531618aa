#include "stepconf/platform/local/function_target.h"

#include <gtest/gtest.h>

#include <random>

namespace stepconf::platform {
namespace {

TEST(InvokeTarget, IsANameWithOrWithoutAliasOrAnArn) {
  const InvokeTarget plain{"up-scale", ""};
  const InvokeTarget sized{"up-scale", "mem-512"};
  EXPECT_EQ(parse_invoke_target("up-scale", ""), plain);
  EXPECT_EQ(parse_invoke_target("up-scale", "Qualifier=mem-512"), sized);
  EXPECT_EQ(parse_invoke_target("up-scale%3Amem-512", ""), sized);
  EXPECT_EQ(parse_invoke_target("000000000000:function:up-scale", "Qualifier=mem-512"), sized);
  EXPECT_EQ(parse_invoke_target(
                "arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Aup-scale", ""),
            plain);
  EXPECT_EQ(parse_invoke_target("arn:aws:lambda:us-east-1:000000000000:function:up-scale:mem-512",
                                "Qualifier=mem-512"),
            sized);
}

TEST(InvokeTarget, HasOneQualifierAtMost) {
  EXPECT_EQ(parse_invoke_target("f:mem-512", "Qualifier=mem-1024"), std::nullopt);
  EXPECT_EQ(parse_invoke_target("f:", ""), std::nullopt);
  EXPECT_EQ(parse_invoke_target("f:a:b", ""), std::nullopt);
  EXPECT_EQ(parse_invoke_target(":mem-512", ""), std::nullopt);
}

TEST(InvokeTarget, TakesAnyBytes) {
  std::mt19937 generator(1);
  const std::string alphabet(
      "ab:%&=/$\0\xff"
      "41function:arn:aws:lambda:",
      36);
  for (int round = 0; round < 20'000; ++round) {
    std::string name, query;
    for (std::string* text : {&name, &query}) {
      for (auto left = generator() % 40; left > 0; --left) {
        text->push_back(alphabet[generator() % alphabet.size()]);
      }
    }
    const auto target = parse_invoke_target(name, query);
    EXPECT_TRUE(!target || !target->function.empty()) << name << " ? " << query;
  }
}

TEST(QueryParameter, IsFoundByItsWholeName) {
  EXPECT_EQ(query_parameter("MaxItems=2&Marker=a%20b", "Marker"), "a b");
  EXPECT_EQ(query_parameter("Marker", "Marker"), "");
  EXPECT_EQ(query_parameter("NextMarker=1", "Marker"), std::nullopt);
  EXPECT_EQ(query_parameter("", "Marker"), std::nullopt);
}

TEST(FunctionVersion, IsAMemorySizeByAliasOrNumber) {
  LocalPlatformOptions options;
  options.memory_sizes = {{1024}, {512}};
  options.functions["f"];
  const FunctionVersion small{{512}, "1"}, large{{1024}, "2"};
  EXPECT_EQ(find_version(options, {"f", "mem-512"}), small);
  EXPECT_EQ(find_version(options, {"f", "1"}), small);
  EXPECT_EQ(find_version(options, {"f", "mem-1024"}), large);
  EXPECT_EQ(find_version(options, {"f", "2"}), large);
  EXPECT_EQ(find_version(options, {"f", ""}), (FunctionVersion{{512}, "$LATEST"}));
  EXPECT_EQ(find_version(options, {"f", "$LATEST"}), (FunctionVersion{{512}, "$LATEST"}));
  for (const char* qualifier : {"0", "3", "-1", "+1", "1x", "mem-", "mem-640", "prod"}) {
    EXPECT_EQ(find_version(options, {"f", qualifier}), std::nullopt) << qualifier;
  }
  EXPECT_EQ(find_version(options, {"g", ""}), std::nullopt);
}

}  // namespace
}  // namespace stepconf::platform
