#include "stepconf/deploy/function_step.h"

#include <gtest/gtest.h>

#include "stepconf/base/error.h"
#include "stepconf/deploy/user_function.h"
#include "tests/deploy/shop.h"

namespace stepconf::deploy {
namespace {

using Kind = FunctionStep::Kind;

WantedFunction wanted() { return Shop{.functions = {"extract"}}.wanted().functions.front(); }

// $LATEST as it is once it was configured for a memory size.
ObservedFunction configured(const WantedFunction& function, MemoryMb memory) {
  return {.latest = {.name = function.name,
                     .settings = function.settings,
                     .memory = memory,
                     .description = function.description(memory),
                     .code_sha256 = function.code.sha256}};
}

VersionState version_of(const WantedFunction& function, MemoryMb memory, std::string number) {
  return {.version = std::move(number),
          .memory = memory,
          .description = function.description(memory),
          .code_sha256 = function.code.sha256};
}

TEST(FunctionStep, GoesFromCreatingToTheAliasOfEachSize) {
  const WantedFunction function = wanted();
  EXPECT_EQ(next_step(function, nullptr).kind, Kind::create);
  auto observed = configured(function, MemoryMb{512});
  EXPECT_EQ(next_step(function, &observed).kind, Kind::publish);
  observed.versions.push_back(version_of(function, MemoryMb{512}, "1"));
  EXPECT_EQ(next_step(function, &observed).kind, Kind::create_alias);
  observed.aliases[function.alias(MemoryMb{512})] = "1";
  const FunctionStep step = next_step(function, &observed);
  EXPECT_EQ(step.kind, Kind::configure);
  EXPECT_EQ(step.memory, MemoryMb{1024});
}

TEST(FunctionStep, UploadsCodeBeforeItDescribesIt) {
  const WantedFunction function = wanted();
  auto observed = configured(function, MemoryMb{512});
  observed.latest.code_sha256 = "other";
  EXPECT_EQ(next_step(function, &observed).kind, Kind::upload);
}

TEST(FunctionStep, WaitsForAnUpdateInProgress) {
  const WantedFunction function = wanted();
  auto observed = configured(function, MemoryMb{512});
  observed.latest.readiness = Readiness::in_progress;
  EXPECT_EQ(next_step(function, &observed).kind, Kind::wait);
}

TEST(FunctionStep, TakesNoVersionOfOtherCodeForItsOwn) {
  const WantedFunction function = wanted();
  auto observed = configured(function, MemoryMb{512});
  observed.versions.push_back(version_of(function, MemoryMb{512}, "1"));
  observed.versions.back().code_sha256 = "other";
  EXPECT_EQ(next_step(function, &observed).kind, Kind::publish);
}

TEST(FunctionStep, MovesAnAliasThatSomebodyPointedElsewhere) {
  const WantedFunction function = wanted();
  auto observed = configured(function, MemoryMb{512});
  observed.versions.push_back(version_of(function, MemoryMb{512}, "2"));
  observed.aliases[function.alias(MemoryMb{512})] = "1";
  const FunctionStep step = next_step(function, &observed);
  EXPECT_EQ(step.kind, Kind::move_alias);
  EXPECT_EQ(step.version, "2");
}

TEST(FunctionStep, GivesLambdasReasonWhereSomethingFailed) {
  const WantedFunction function = wanted();
  auto observed = configured(function, MemoryMb{512});
  observed.latest.readiness = Readiness::failed;
  observed.latest.reason = "no addresses";
  try {
    next_step(function, &observed);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "function stepconf-shop_extract failed: no addresses");
  }
  // Another configuration may mend it.
  observed.latest.memory = MemoryMb{3008};
  EXPECT_EQ(next_step(function, &observed).kind, Kind::configure);
}

TEST(FunctionStep, RefusesToMakeAnImageOfAZip) {
  const WantedFunction function = wanted();
  auto observed = configured(function, MemoryMb{512});
  observed.latest.settings.runtime.clear();
  EXPECT_THROW(next_step(function, &observed), Error);
}

TEST(Superseded, AreGeneratedAliasesAndTheirVersionsAlone) {
  const WantedFunction function = wanted();
  auto observed = configured(function, MemoryMb{512});
  observed.versions = {{.version = "1", .description = "StepConf: copy of extract, old"},
                       {.version = "2", .description = "StepConf: copy of extract, old"},
                       {.version = "3", .description = "by hand"},
                       version_of(function, MemoryMb{512}, "4")};
  observed.aliases = {{"mem-512-00000000", "1"}, {"live", "2"}};
  const Superseded old = superseded(function, observed);
  EXPECT_EQ(old.aliases, (std::vector<std::string>{"mem-512-00000000"}));
  EXPECT_EQ(old.versions, (std::vector<std::string>{"1"}));
}

TEST(WantedFunction, ChangesItsAliasesWithCodeSettingsAndWrapper) {
  const std::string alias = wanted().alias(MemoryMb{512});
  EXPECT_TRUE(is_generated_alias(alias));
  for (const Shop& other : {Shop{.functions = {"extract"}, .code = "code 2"},
                            Shop{.functions = {"extract"}, .wrapper = "wrapper 2"},
                            Shop{.functions = {"extract"}, .architecture = "arm64"}}) {
    EXPECT_NE(other.wanted().functions.front().alias(MemoryMb{512}), alias);
  }
  const Shop more{.functions = {"extract"}, .sizes = {MemoryMb{512}, MemoryMb{4096}}};
  EXPECT_EQ(more.wanted().functions.front().alias(MemoryMb{512}), alias);
}

TEST(WantedFunction, HasAMemorySizeThatLambdaHas) {
  EXPECT_THROW(Shop{.sizes = {}}.wanted(), InvalidInput);
  EXPECT_THROW(Shop{.sizes = {MemoryMb{127}}}.wanted(), InvalidInput);
  EXPECT_THROW(Shop{.sizes = {MemoryMb{10241}}}.wanted(), InvalidInput);
}

TEST(UserFunction, IsReadWithItsCode) {
  ShopAccount account;
  const auto read = read_user_function(account.plane, "extract", {MemoryMb{512}}, false);
  EXPECT_EQ(read.source.settings.runtime, "python3.12");
  EXPECT_EQ(*read.code.zip, "extract");
  EXPECT_THROW(read_user_function(account.plane, "nowhere", {MemoryMb{512}}, false), InvalidInput);
}

TEST(UserFunction, IsNotReadWhileItChanges) {
  ShopAccount account;
  const auto before = account.plane.find_function("extract");
  account.plane.update_code("extract", zip_code("new"), "x86_64", before->revision);
  EXPECT_THROW(read_user_function(account.plane, "extract", {MemoryMb{512}}, false), Error);
}

TEST(SizeOfAlias, IsReadFromTheNamesOfADeploymentsAliasesAlone) {
  EXPECT_EQ(size_of_alias("mem-512-0123abcd"), MemoryMb{512});
  for (const char* other : {"", "live", "mem-512", "mem--0123abcd", "mem-512-0123abcz",
                            "mem-99999999999999999999-0123abcd"}) {
    EXPECT_FALSE(size_of_alias(other)) << other;
  }
}

}  // namespace
}  // namespace stepconf::deploy
