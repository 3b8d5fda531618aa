#include "stepconf/compiled/compiled_plan.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>

#include "stepconf/base/error.h"
#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/compiled/compiled_options.h"
#include "stepconf/compiled/plan_sources.h"
#include "stepconf/compiled/prepared_policy.h"
#include "stepconf/compiled/workflow_identity.h"
#include "stepconf/estimator/model_scatter.h"
#include "stepconf/optimizer/strategies.h"
#include "tests/compiled/plans.h"

namespace stepconf::compiled {
namespace {

using optimizer::Decision;

std::vector<std::string> configurations(const std::vector<estimator::Option>& options) {
  std::vector<std::string> result;
  for (const estimator::Option& option : options) result.push_back(to_string(option.configuration));
  return result;
}

// A decision in words that differ where any of its bits do.
std::string all_of(const Decision& decision) {
  const auto bits = [](const std::optional<double>& number) {
    return number ? fmt::format("{:a}", *number) : "none";
  };
  std::string text = to_string(decision.configuration);
  text += " " + bits(decision.sub_slo ? std::optional(decision.sub_slo->count()) : std::nullopt);
  text += " " + bits(decision.duration ? std::optional(decision.duration->count()) : std::nullopt);
  text += " " + bits(decision.cost ? std::optional(decision.cost->value) : std::nullopt);
  text += " " + bits(decision.attainment);
  return text + fmt::format(" {} {} {} {}", decision.rank, decision.efficient, decision.considered,
                            explain(decision));
}

// What a strategy decides on a plan when the Map turns out to have `jobs` jobs; a strategy that
// cannot be made says why.
std::string decisions(const CompiledPlan& plan, std::string_view strategy, int jobs,
                      const std::vector<double>& lateness) {
  const CompiledOptions options(plan);
  const estimator::ModelScatter scatter(*plan.options);
  const auto prepared = plan.policies.find(std::string(strategy));
  optimizer::Frontiers frontiers(plan.workflow, options);
  cache::InMemoryCache cache;
  std::string text;
  try {
    const auto policy = optimizer::prepare(
        strategy,
        {.frontiers = frontiers,
         .slo = *plan.goal.slo,
         .headroom = plan.goal.headroom,
         .target = plan.goal.target,
         .scatter = &scatter,
         .prepared = prepared == plan.policies.end() ? std::string_view() : prepared->second});
    const auto begun = policy->begin(cache);
    double now = 0;
    for (const workflow::StepId step : {0, 1, 3}) {
      if (step == 1 && jobs == 0) continue;  // nothing runs, nobody asks
      const Decision decision = begun->decide({step, step == 1 ? jobs : 1, Seconds(now)});
      text += all_of(decision) + "\n";
      now += decision.duration->count() * lateness[static_cast<std::size_t>(step) % 3];
    }
  } catch (const InvalidInput& error) {
    text += error.what();
  }
  return text;
}

CompiledPlan percentile_plan() {
  CompiledPlan plan = testing::plan({Seconds(12), "", 0.95, 0.1, "percentile"});
  prepare_policy(plan);
  return plan;
}

RC_GTEST_PROP(CompiledPlan, DecidesAlikeWhereverItIsLoadedWithEveryStrategy, ()) {
  static const CompiledPlan made = percentile_plan();
  static const CompiledPlan loaded = plan_from_bytes(to_bytes(made), "p.plan");
  const int jobs = *rc::gen::oneOf(rc::gen::element(1, 64, 500, 5000), rc::gen::inRange(1, 600));
  std::vector<double> lateness;
  for (int i = 0; i < 3; ++i) lateness.push_back(*rc::gen::inRange(80, 180) / 100.0);
  for (const optimizer::StrategyEntry& strategy : optimizer::strategies()) {
    const std::string here = decisions(made, strategy.name, jobs, lateness);
    RC_ASSERT(decisions(loaded, strategy.name, jobs, lateness) == here);
  }
}

TEST(PreparedPolicy, DecidesAsTheProcessThatMadeItWithNo1And64And500Jobs) {
  const CompiledPlan made = percentile_plan();
  const CompiledPlan loaded = plan_from_bytes(to_bytes(made), "p.plan");
  CompiledPlan anew = loaded;
  anew.policies.clear();
  for (const int jobs : {0, 1, 64, 500}) {
    for (const std::vector<double>& lateness :
         {std::vector<double>{1, 1, 1}, {0.8, 1.3, 1}, {1.8, 1.8, 1.8}}) {
      const std::string here = decisions(made, "percentile", jobs, lateness);
      EXPECT_EQ(decisions(loaded, "percentile", jobs, lateness), here) << jobs;
      EXPECT_EQ(decisions(anew, "percentile", jobs, lateness), here) << jobs;
    }
  }
}

// That what was prepared is used, and not solved anew unnoticed: made to refuse, it refuses.
TEST(PreparedPolicy, IsUsedForItsOwnSloAndTargetAndNoOther) {
  CompiledPlan plan = percentile_plan();
  std::string& bytes = plan.policies.at("percentile");
  bytes.back() = '\xff';
  const std::string refused = "prepared policy of strategy percentile: its chances are ";
  EXPECT_EQ(decisions(plan, "percentile", 64, {1, 1, 1}).substr(0, refused.size()), refused);
  plan.goal.slo = Seconds(13);
  EXPECT_EQ(decisions(plan, "percentile", 64, {1, 1, 1}),
            decisions(testing::plan({Seconds(13), "", 0.95, 0.1, "percentile"}), "percentile", 64,
                      {1, 1, 1}));
  plan.goal.slo = Seconds(12);
  plan.goal.target = 0.9;
  EXPECT_EQ(decisions(plan, "percentile", 64, {1, 1, 1}),
            decisions(testing::plan({Seconds(12), "", 0.9, 0.1, "percentile"}), "percentile", 64,
                      {1, 1, 1}));
}

TEST(CompiledPlan, DecidesOnTheJobsExpectedAsTheModelsWould) {
  const CompiledPlan plan = testing::plan();
  const CompiledOptions compiled(plan);
  optimizer::Frontiers looked_up(plan.workflow, compiled);
  optimizer::Frontiers evaluated(plan.workflow, *plan.options);
  for (const workflow::StepId step : {0, 1, 3}) {
    const optimizer::Frontier& here = looked_up.expected(step);
    const optimizer::Frontier& there = evaluated.expected(step);
    EXPECT_EQ(configurations(here.options), configurations(there.options));
    EXPECT_EQ(here.considered, there.considered);
    EXPECT_EQ(here.most_cost_effective, there.most_cost_effective);
    for (std::size_t i = 0; i < here.options.size(); ++i) {
      EXPECT_EQ(here.options[i].duration.count(), there.options[i].duration.count());
      EXPECT_EQ(here.options[i].cost.value, there.options[i].cost.value);
    }
  }
}

TEST(CompiledPlan, MadeFor64JobsServesOne64And500And5000) {
  const CompiledPlan plan = testing::plan();
  const CompiledOptions compiled(plan);
  const workflow::Step& fan = plan.workflow.steps[1];
  for (const int jobs : {1, 64, 500, 5000}) {
    for (const estimator::Option& option : compiled.options(fan, jobs)) {
      EXPECT_LE(option.configuration.instances, jobs);
      const auto exact = plan.options->evaluate(fan, jobs, option.configuration).option;
      ASSERT_TRUE(exact);
      // 500 are looked up at 512, or the grid's next number: never sooner than it will be, and at
      // most by the grid's ratio later.
      EXPECT_GE(option.duration.count(), exact->duration.count() * (1 - 1e-12));
      EXPECT_LE(option.duration.count(), exact->duration.count() * kGridRatio);
    }
  }
  // Prepared up to 8 x 64; beyond, all that can run is evaluated.
  EXPECT_LT(compiled.options(fan, 500).size(), 40u);
  EXPECT_EQ(compiled.options(fan, 5000).size(), 192u);
  EXPECT_EQ(compiled.considered(fan, 5000), 0);
  EXPECT_EQ(compiled.considered(fan, 500), 192);
}

TEST(CompiledPlan, LooksUpATablesRowsWhateverTheJobs) {
  const CompiledPlan plan = testing::plan();
  const CompiledOptions compiled(plan);
  // 2048 MB is slower and dearer than both others; 1024 MB asks for two instances, as its row says.
  EXPECT_EQ(configurations(compiled.options(plan.workflow.steps[0], 1)),
            (std::vector<std::string>{"1024x2x1", "512x1x1"}));
  EXPECT_EQ(compiled.options(plan.workflow.steps[0], 100'000).size(), 2u);
}

TEST(JobGrid, HoldsWhatIsExpectedAndStepsByAQuarterAtMost) {
  const std::vector<int> grid = job_grid({3, 64}, 8);
  EXPECT_EQ(grid.front(), 1);
  EXPECT_EQ(grid.back(), 512);
  for (const int expected : {3, 64}) EXPECT_TRUE(std::ranges::count(grid, expected)) << expected;
  for (std::size_t i = 1; i < grid.size(); ++i)
    EXPECT_LE(grid[i], std::max<double>(grid[i - 1] + 1, grid[i - 1] * kGridRatio)) << i;
  EXPECT_LT(grid.size(), 32u);
  EXPECT_EQ(job_grid({1}, 1), std::vector<int>{1});
  EXPECT_EQ(job_grid({2'000'000'000}, 8).back(), std::numeric_limits<int>::max());
}

TEST(CompiledPlan, KeepsGoalPricesAndPoliciesAndGivesTheSameBytesAgain) {
  Goal goal{std::nullopt, "$.slo_seconds", 0.99, 0.25, "stepconf"};
  CompiledPlan plan = testing::plan(goal);
  plan.policies["percentile"] = std::string("\0\xff tables", 9);
  const std::string bytes = to_bytes(plan);
  const CompiledPlan loaded = plan_from_bytes(bytes, "p.plan");
  EXPECT_EQ(loaded.goal, goal);
  EXPECT_EQ(loaded.options->prices(), plan.options->prices());
  EXPECT_EQ(loaded.policies, plan.policies);
  EXPECT_EQ(loaded.workflow.graph.predecessors, plan.workflow.graph.predecessors);
  EXPECT_EQ(loaded.workflow.steps[2].foreign_duration, Seconds(1.5));
  EXPECT_EQ(to_bytes(loaded), bytes);
}

TEST(CompiledPlan, KeepsWhetherDecisionsAreChargedAndPreparesWithTheCharge) {
  for (const bool charged : {false, true}) {
    CompiledPlan made = testing::plan({Seconds(12), "", 0.95, 0.1, "percentile", charged});
    prepare_policy(made);
    const CompiledPlan loaded = plan_from_bytes(to_bytes(made), "p.plan");
    EXPECT_EQ(loaded.goal, made.goal);
    const PlanSources sources(loaded);
    optimizer::Frontiers frontiers(loaded.workflow, sources.options());
    // What it prepared is what the loaded plan's sources ask for: nothing is solved anew.
    const auto policy =
        optimizer::prepare("percentile", {.frontiers = frontiers,
                                          .slo = Seconds(12),
                                          .headroom = 0.1,
                                          .target = 0.95,
                                          .scatter = &sources.scatter(),
                                          .prepared = loaded.policies.at("percentile")});
    EXPECT_EQ(policy->prepared(), loaded.policies.at("percentile"));
    // The fastest option of the first step takes 1 s.
    EXPECT_NEAR(frontiers.expected(0).fastest().duration.count(), charged ? 1.16 : 1, 1e-9);
  }
}

TEST(CompiledPlan, KeepsChoices) {
  workflow::Workflow forked = testing::workflow();
  forked.choices.push_back(
      {"Which", 1, {{"fan", 0.75, {1}}, {"wait", 0.25, {2}}}, workflow::SharesAre::learnt, 12});
  forked.steps[1].probability = 0.75;
  forked.steps[2].probability = 0.25;
  const auto bytes = to_bytes(
      compile("stepconf test", forked, {Seconds(12), "", 0.95, 0, "exact"}, testing::options()));
  const workflow::Workflow read = plan_from_bytes(bytes, "p.plan").workflow;
  ASSERT_EQ(read.choices.size(), 1u);
  EXPECT_EQ(read.choices[0].name, "Which");
  EXPECT_EQ(read.choices[0].shares_are, workflow::SharesAre::learnt);
  EXPECT_EQ(read.choices[0].executions, 12);
  EXPECT_EQ(read.choices[0].ways[1].next, "wait");
  EXPECT_EQ(read.choices[0].ways[1].share, 0.25);
  EXPECT_EQ(read.choices[0].ways[1].steps, std::vector<workflow::StepId>{2});
  EXPECT_EQ(read.steps[1].probability, 0.75);
}

TEST(Difference, NamesTheFirstStepThatIsAnother) {
  const workflow::Workflow planned = testing::workflow();
  workflow::Workflow project = planned;
  EXPECT_EQ(difference(planned, project), "");
  project.steps[1].jobs = 7;
  project.steps[2].foreign_duration = Seconds(9);
  EXPECT_EQ(difference(planned, project), "") << "what was expected may change";
  EXPECT_EQ(identity(planned), identity(project));
  project.steps[1].function = "sort";
  EXPECT_EQ(difference(planned, project), "step \"fan\" calls sort, in the plan work");
  EXPECT_NE(identity(planned), identity(project));
  project = planned;
  project.steps[1].max_concurrency = 4;
  EXPECT_EQ(difference(planned, project), "step \"fan\" has MaxConcurrency 4, in the plan 0");
  project = planned;
  project.steps[1].name = "spread";
  EXPECT_EQ(difference(planned, project), "step \"spread\" is not in the plan");
  project = planned;
  project.graph.add_edge(1, 2);
  EXPECT_EQ(difference(planned, project),
            "step \"wait\" comes after split, fan, in the plan after split");
}

}  // namespace
}  // namespace stepconf::compiled
