#include "stepconf/estimator/model_options.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "stepconf/base/error.h"

namespace stepconf::estimator {
namespace {

// 1 s of one vCPU a job, 10 ms mapping delay an instance.
FittedFunction worker() {
  FittedFunction result{DurationModel(*find_duration_form("case2"), {1, 0, 0})};
  result.dispatch.slope_s = 0.01;
  return result;
}

Models models_with(FunctionModel model) {
  Models models;
  models.functions.emplace("f", std::move(model));
  return models;
}

ModelOptions options_with(FunctionModel model, ConfigurationSpace space = {},
                          CostRule rule = CostRule::billed) {
  return ModelOptions(models_with(std::move(model)), pricing::price_sheet(), std::move(space), {},
                      rule);
}

workflow::Step map_step() {
  workflow::Step step;
  step.name = "S";
  step.function = "f";
  step.is_map = true;
  return step;
}

std::vector<std::string> names(const std::vector<Option>& options) {
  std::vector<std::string> result;
  for (const Option& option : options) result.push_back(to_string(option.configuration));
  return result;
}

TEST(ModelOptions, ListTheSpaceWithoutWhatTheJobsLeaveUnused) {
  const ConfigurationSpace space{{512, 1769}, {1, 2, 4, 8}, {1, 2, 4}};
  // 5 jobs: 5, 3 and 2 an instance for p = 1, 2, 4; p = 8 is more than there are jobs.
  const auto some = names(options_with(worker(), space).options(map_step(), 5));
  const std::vector<std::string> one_size = {"512x1x1", "512x1x2", "512x1x4", "512x2x1",
                                             "512x2x2", "512x4x1", "512x4x2"};
  EXPECT_EQ(std::vector<std::string>(some.begin(), some.begin() + 7), one_size);
  EXPECT_EQ(some.size(), 14u);
  EXPECT_EQ(names(options_with(worker(), {{512}, {4, 8}, {2, 4}}).options(map_step(), 3)),
            std::vector<std::string>{"512x3x2"});
}

TEST(ModelOptions, KeepTheFastestNumberOfProcessesOfEachSizeWhereTheBestIsAskedFor) {
  ConfigurationSpace space{{885, 3538, 7076}, {1, 2}, {1, 2, 4}};
  space.best_processes = true;
  // Half a vCPU gains nothing from processes, 2 and 4 vCPUs as many as they are.
  EXPECT_EQ(names(options_with(worker(), space).options(map_step(), 8)),
            (std::vector<std::string>{"885x1x1", "885x2x1", "3538x1x2", "3538x2x2", "7076x1x4",
                                      "7076x2x4"}));
}

TEST(ModelOptions, KeepInstancesTimesProcessesWithinTheMapsConcurrency) {
  workflow::Step step = map_step();
  step.max_concurrency = 4;
  for (const Option& option : options_with(worker()).options(step, 64)) {
    EXPECT_LE(option.configuration.instances * option.configuration.processes, 4);
  }
  EXPECT_EQ(names(options_with(worker(), {{512}, {8}, {8}}).options(step, 64)),
            std::vector<std::string>{"512x1x1"});
}

TEST(ModelOptions, GiveEachJobAnInstanceWhereBatchesAreNotPossible) {
  workflow::Step step = map_step();
  step.batched = false;
  EXPECT_EQ(names(options_with(worker(), {{512, 1024}, {1, 2}, {1, 2}}).options(step, 7)),
            (std::vector<std::string>{"512x7x1", "1024x7x1"}));
}

TEST(ModelOptions, LeaveOutWhatDoesNotFitIntoMemoryAndSayWhy) {
  FittedFunction hungry = worker();
  hungry.memory.peak = MemoryNeed::Peak{0, 600};
  const ModelOptions source = options_with(hungry, {{512, 1024, 2048}, {1}, {1, 2}});
  EXPECT_EQ(names(source.options(map_step(), 8)),
            (std::vector<std::string>{"1024x1x1", "2048x1x1", "2048x1x2"}));
  const Evaluation evaluation = source.evaluate(map_step(), 8, {MemoryMb{512}, 1, 1});
  EXPECT_FALSE(evaluation.option.has_value());
  EXPECT_EQ(evaluation.why_not, "needs 660 MB at 1 process");
}

TEST(ModelOptions, PredictTheFullestInstanceAndBillTheLastOneByItsOwnShare) {
  // 10 jobs on 4 instances of 1769 MB: 3 + 3 + 3 + 1 jobs, so 3 s and 1 s; the third ends at 0.03 +
  // 3 s, the fourth at 0.04 + 1 s.
  const Configuration configuration{MemoryMb{1769}, 4, 1};
  const auto option = options_with(worker()).evaluate(map_step(), 10, configuration).option.value();
  EXPECT_NEAR(option.duration.count(), 3.03, 1e-9);
  EXPECT_NEAR(option.cost.value, 10 * 1769 / 1024.0 * 1.66667e-5 + 4 * 2e-7 + 5 * 2.5e-5, 1e-12);
  // The paper bills 3.03 s of each of the four, and one transition for each.
  const auto paper = options_with(worker(), {}, CostRule::paper)
                         .evaluate(map_step(), 10, configuration)
                         .option.value();
  EXPECT_NEAR(paper.cost.value, 4 * (3.03 * 1769 / 1024.0 * 1.66667e-5 + 2.52e-5), 1e-12);
}

TEST(ModelOptions, CountOnlyTheInstancesThatRun) {
  // 10 jobs on 8 instances are 2 each, so 5 run.
  const auto option =
      options_with(worker()).evaluate(map_step(), 10, {MemoryMb{1769}, 8, 1}).option.value();
  EXPECT_NEAR(option.duration.count(), 2.05, 1e-9);
}

TEST(ModelOptions, GiveATablesRowsAndNothingElse) {
  const Option first{{MemoryMb{300}, 64, 3}, Seconds{2}, Usd{0.5}};
  const Option second{{MemoryMb{512}, 1, 1}, Seconds{3}, Usd{0.25}};
  const ModelOptions source = options_with(Table{{first, second}, 0});
  const auto options = source.options(map_step(), 2);
  EXPECT_EQ(names(options), (std::vector<std::string>{"300x64x3", "512x1x1"}));
  EXPECT_EQ(options[0].cost, Usd{0.5});
  EXPECT_EQ(source.evaluate(map_step(), 2, second.configuration).option.value().duration,
            Seconds{3});
  EXPECT_EQ(source.evaluate(map_step(), 2, {MemoryMb{512}, 2, 1}).why_not,
            "the table has no row 512x2x1");
}

TEST(ModelOptions, GiveAForeignStepItsExpectedDuration) {
  workflow::Step step;
  step.name = "Wait";
  step.foreign_duration = Seconds{5};
  const auto options = options_with(worker()).options(step, 1);
  ASSERT_EQ(options.size(), 1u);
  EXPECT_EQ(options[0].duration, Seconds{5});
  EXPECT_EQ(options[0].cost, Usd{0});
}

TEST(ModelOptions, RefuseAFunctionWithoutModelAndASpaceWithoutValues) {
  workflow::Step step = map_step();
  step.function = "g";
  EXPECT_THROW(options_with(worker()).options(step, 1), InvalidInput);
  EXPECT_THROW(options_with(worker(), {{}, {1}, {1}}), InvalidInput);
}

}  // namespace
}  // namespace stepconf::estimator
