#include "stepconf/machine/deployment_file.h"

#include <gtest/gtest.h>

#include "tests/machine/machines.h"

namespace stepconf::machine {
namespace {

using configurator::CacheSettings;
using configurator::Deployment;
using configurator::StepKind;

// What the configurator reads of the file that belongs to a definition.
Deployment deployed(const OrderedJson& definition, const DeploymentFileOptions& options) {
  const std::string text = definition.dump();
  const GeneratorOptions choices = all_steps(text);
  const auto file = deployment_file(generate(text, "test", choices), choices, options);
  return configurator::parse_deployment(file.dump(), "deployment");
}

TEST(DeploymentFile, IsWhatTheConfiguratorReads) {
  const Deployment read = deployed(
      scope("Work", with(each(task()), R"({"ItemsPath": "$.a", "MaxConcurrency": 7})")),
      {.name = "video", .mode = configurator::Mode::observe, .result_bytes = {{"Work", 2000}}});
  EXPECT_EQ(read.name, "video");
  EXPECT_EQ(read.mode, configurator::Mode::observe);
  EXPECT_EQ(read.cache.kind, CacheSettings::Kind::none);
  ASSERT_EQ(read.steps.size(), 1U);
  const auto& step = read.steps.at("Work");
  EXPECT_EQ(step.kind, StepKind::map);
  EXPECT_TRUE(step.batched);
  EXPECT_EQ(step.max_concurrency, 7);
  EXPECT_EQ(step.result_bytes, 2000);
  EXPECT_EQ(step.functions.at(MemoryMb{1024}), std::string(kArn) + "copy:mem-1024");
  EXPECT_EQ(step.safe, (estimator::Configuration{MemoryMb{512}, 4, 2}));
}

TEST(DeploymentFile, SaysWhereDecisionsMeet) {
  const auto cache = [](const CacheSettings& settings) {
    return deployed(scope("Work", task()), {.name = "d", .cache = settings}).cache;
  };
  EXPECT_EQ(cache({.kind = CacheSettings::Kind::execution}).kind, CacheSettings::Kind::execution);
  const CacheSettings table = cache({.kind = CacheSettings::Kind::dynamodb,
                                     .table = "decisions",
                                     .limit = Seconds(0.3),
                                     .keep = Seconds(60)});
  EXPECT_EQ(table.kind, CacheSettings::Kind::dynamodb);
  EXPECT_EQ(table.table, "decisions");
  EXPECT_EQ(table.limit, Seconds(0.3));
  EXPECT_EQ(table.keep, Seconds(60));
}

TEST(DeploymentFile, TellsATaskFromTheJobsOfAMap) {
  OrderedJson map = {{"Type", "Map"}, {"ItemsPath", "$.a"}, {"End", true}};
  map["ItemProcessor"] = scope("First", with(task("first"), R"({"Next": "Second"})"));
  map["ItemProcessor"]["States"]["First"].erase("End");
  map["ItemProcessor"]["States"]["Second"] = task("second");
  OrderedJson definition = scope("One", with(task(), R"({"Next": "Many"})"));
  definition["States"]["One"].erase("End");
  definition["States"]["Many"] = map;
  const Deployment read = deployed(definition, {.name = "d"});
  ASSERT_EQ(read.steps.size(), 3U);
  EXPECT_EQ(read.steps.at("One").kind, StepKind::task);
  // One call for each item, and no batches.
  EXPECT_EQ(read.steps.at("First").kind, StepKind::map);
  EXPECT_FALSE(read.steps.at("First").batched);
  EXPECT_FALSE(read.steps.at("Second").batched);
}

TEST(DeploymentFile, LeavesOutStepsThatAskNobody) {
  OrderedJson map = with(each(task()), R"({"ItemsPath": "$.a"})");
  map["ItemProcessor"]["ProcessorConfig"] = {{"Mode", "DISTRIBUTED"},
                                             {"ExecutionType", "STANDARD"}};
  EXPECT_TRUE(deployed(scope("Work", map), {.name = "d"}).steps.empty());
}

}  // namespace
}  // namespace stepconf::machine
