#include "stepconf/optimizer/plan.h"

#include <gtest/gtest.h>

#include "stepconf/base/error.h"
#include "stepconf/cache/in_memory_cache.h"
#include "tests/optimizer/table_options.h"
#include "tests/workflow/graph_text.h"

namespace stepconf::optimizer {
namespace {

using testing::Row;
using testing::TableOptions;
using workflow::testing::graph;

class PlanTest : public ::testing::Test {
 protected:
  Plan plan_for(double slo, const std::vector<FixedConfiguration>& fixed = {},
                double headroom = 0) {
    Frontiers frontiers(workflow_, options_, fixed);
    cache::InMemoryCache cache;
    return plan("stepconf", {frontiers, Seconds(slo), headroom}, cache);
  }

  workflow::Workflow workflow_ = testing::workflow_of(graph("a -> b -> d, a -> c -> d"));
  // theta* takes 2, 4, 2 and 2 s, as in the strategy's tests.
  TableOptions options_{workflow_,
                        {{{1, 6}, {2, 2}, {4, 1.5}},
                         {{2, 9}, {4, 3}, {8, 2}},
                         {{1, 4}, {2, 1}, {3, 0.9}},
                         {{1, 5}, {2, 2}, {6, 1}}}};
};

TEST_F(PlanTest, FollowsTheStrategyAsIfEveryDurationCameOutAsPredicted) {
  const Plan plan = plan_for(16);
  // a has 4 s; b and c 8 s each from 4 on; d 4 s from 12 on: worked out in the strategy's tests.
  ASSERT_EQ(plan.steps.size(), 4u);
  EXPECT_EQ(plan.steps[1].start, Seconds(4));
  EXPECT_EQ(plan.steps[1].duration, Seconds(8));
  EXPECT_EQ(plan.steps[2].start, Seconds(4));
  EXPECT_EQ(plan.steps[2].configuration->memory, MemoryMb{384});
  EXPECT_EQ(plan.steps[3].start, Seconds(12));
  EXPECT_DOUBLE_EQ(plan.steps[3].sub_slo->count(), 4);
  EXPECT_EQ(plan.steps[3].decision->constraint, Constraint::sub_slo);
  EXPECT_EQ(plan.steps[3].decision->runner_up->duration, Seconds(6));
  EXPECT_EQ(plan.duration, Seconds(14));
  EXPECT_DOUBLE_EQ(plan.cost.value, 1.5 + 2 + 0.9 + 2);
  EXPECT_TRUE(plan.feasible);
  EXPECT_FALSE(plan.fastest);
}

TEST_F(PlanTest, KeepsHeadroomFree) {
  // Planned for 8 of 16 s: a 2 s, b and c 4 s each, d 2 s.
  const Plan plan = plan_for(16, {}, 0.5);
  EXPECT_EQ(plan.duration, Seconds(8));
  EXPECT_TRUE(plan.feasible);
}

TEST_F(PlanTest, GivesTheFastestPlanWhereNothingMeetsTheSlo) {
  const Plan plan = plan_for(3);
  EXPECT_FALSE(plan.feasible);
  EXPECT_TRUE(plan.fastest);
  EXPECT_EQ(plan.duration, Seconds(4));
  EXPECT_DOUBLE_EQ(plan.cost.value, 6 + 9 + 4 + 5);
  EXPECT_FALSE(plan.steps[0].sub_slo);
  EXPECT_EQ(fastest_duration(workflow_, options_), Seconds(4));
}

TEST_F(PlanTest, IsFeasibleAtExactlyTheFastestDuration) { EXPECT_TRUE(plan_for(4).feasible); }

TEST(Plan, TakesTheFastestPlanWhereOnlyTheStrategysMissesTheSlo) {
  const workflow::Workflow workflow = testing::workflow_of(graph("a -> b"));
  // theta* of a takes 4 s (products 8, 4.5, 4). a has 5.3 * 4 / 7 = 3.03 s and takes 3 s, which
  // leaves 2.3 s for the 3 s of b: 6 s. The fastest plan takes 4 s.
  const TableOptions options(workflow, {{{1, 8}, {3, 1.5}, {4, 1}}, {{3, 1}}});
  Frontiers frontiers(workflow, options);
  cache::InMemoryCache cache, other_cache;
  const StrategyInputs inputs{frontiers, Seconds(5.3)};
  const auto policy = prepare("stepconf", inputs);
  EXPECT_FALSE(follow(*policy->begin(cache), frontiers, Seconds(5.3)).feasible);
  const Plan planned = plan("stepconf", inputs, other_cache);
  EXPECT_TRUE(planned.feasible);
  EXPECT_TRUE(planned.fastest);
  EXPECT_EQ(planned.duration, Seconds(4));
}

TEST_F(PlanTest, KeepsFixedStepsAndChoosesTheOthers) {
  const Plan plan = plan_for(16, {parse_fixed("a=128x1x1")});
  EXPECT_EQ(plan.steps[0].duration, Seconds(1));
  EXPECT_EQ(plan.steps[1].duration, Seconds(8));
  EXPECT_TRUE(plan.feasible);
}

TEST_F(PlanTest, PredictsAWorkflowOfWhichEveryStepIsFixedWhateverTheSlo) {
  const std::vector<FixedConfiguration> fixed = {parse_fixed("a=384x1x1"), parse_fixed("b=384x1x1"),
                                                 parse_fixed("c=384x1x1"),
                                                 parse_fixed("d=384x1x1")};
  const Plan tight = plan_for(1, fixed);
  EXPECT_FALSE(tight.feasible);
  EXPECT_FALSE(tight.fastest);
  EXPECT_EQ(tight.duration, Seconds(18));
  EXPECT_TRUE(plan_for(18, fixed).feasible);
}

TEST_F(PlanTest, TakesForeignStepsAsGivenAndStepsWithoutJobsAsNothing) {
  workflow_.steps[0].foreign_duration = Seconds(5);
  workflow_.steps[2].jobs = 0;
  const Plan plan = plan_for(17);
  EXPECT_EQ(plan.steps[0].duration, Seconds(5));
  EXPECT_FALSE(plan.steps[0].configuration);
  EXPECT_EQ(plan.steps[2].duration, Seconds(0));
  EXPECT_EQ(plan.steps[2].cost, Usd{0});
  // b: 12 s * 4 / 6 = 8 s; d: 4 s.
  EXPECT_EQ(plan.steps[1].duration, Seconds(8));
  EXPECT_EQ(plan.steps[3].duration, Seconds(2));
  EXPECT_EQ(plan.duration, Seconds(15));
}

TEST_F(PlanTest, CostsWhatIsExpectedAndTakesWhatTheLongestWayDoes) {
  // b in three of four executions, else c.
  workflow_.choices = {{"X", 1, {{"B", 0.75, {1}}, {"C", 0.25, {2}}}}};
  workflow_.steps[1].probability = 0.75;
  workflow_.steps[2].probability = 0.25;
  const Plan plan = plan_for(16);
  // As without the choice: all ways are planned for.
  EXPECT_EQ(plan.duration, Seconds(14));
  EXPECT_DOUBLE_EQ(plan.steps[1].cost.value, 2);
  EXPECT_DOUBLE_EQ(plan.cost.value, 1.5 + 0.75 * 2 + 0.25 * 0.9 + 2);
}

TEST_F(PlanTest, TheOptimumSavesOnWaysThatAreOftenGone) {
  // One of b and d may be slow: b saves 2, but only where it is gone, and d 1.
  const TableOptions options(workflow_, {{{1, 1}}, {{2, 4}, {6, 2}}, {{1, 1}}, {{2, 2}, {6, 1}}});
  workflow_.choices = {{"X", 1, {{"B", 0.9, {1}}, {"C", 0.1, {2}}}}};
  const auto plan_of = [&](double share) {
    workflow_.steps[1].probability = workflow_.choices[0].ways[0].share = share;
    workflow_.steps[2].probability = workflow_.choices[0].ways[1].share = 1 - share;
    Frontiers frontiers(workflow_, options);
    cache::InMemoryCache cache;
    return plan("optimal", {frontiers, Seconds(9)}, cache);
  };
  // 1 + 0.9 * 2 + 0.1 + 2 against 1 + 0.9 * 4 + 0.1 + 1 = 5.7.
  EXPECT_NEAR(plan_of(0.9).cost.value, 4.9, 1e-9);
  EXPECT_EQ(plan_of(0.9).steps[1].duration, Seconds(6));
  // 1 + 0.1 * 4 + 0.9 + 1 against 1 + 0.1 * 2 + 0.9 + 2 = 4.1.
  EXPECT_NEAR(plan_of(0.1).cost.value, 3.3, 1e-9);
  EXPECT_EQ(plan_of(0.1).steps[3].duration, Seconds(6));
}

TEST_F(PlanTest, ExactPaysForAWayInFullOnceItIsTaken) {
  // As above: who comes to b, though few do, saves its 2 rather than d's 1.
  const TableOptions options(workflow_, {{{1, 1}}, {{2, 4}, {6, 2}}, {{1, 1}}, {{2, 2}, {6, 1}}});
  workflow_.choices = {{"X", 1, {{"B", 0.1, {1}}, {"C", 0.9, {2}}}}};
  workflow_.steps[1].probability = 0.1;
  workflow_.steps[2].probability = 0.9;
  Frontiers frontiers(workflow_, options);
  cache::InMemoryCache cache;
  const auto policy = prepare("exact", {frontiers, Seconds(9)});
  EXPECT_EQ(policy->begin(cache)->decide({1, 4, Seconds(1)}).duration, Seconds(6));
  // Who comes to d past c saves there, in 7 s.
  EXPECT_EQ(policy->begin(cache)->decide({3, 4, Seconds(2)}).duration, Seconds(6));
}

TEST_F(PlanTest, RefusesUnknownStrategiesAndImpossibleNumbers) {
  Frontiers frontiers(workflow_, options_);
  cache::InMemoryCache cache;
  try {
    prepare("stepcnf", {frontiers, Seconds(9)});
    FAIL() << "an unknown strategy was made";
  } catch (const InvalidInput& error) {
    const std::string message = error.what();
    EXPECT_EQ(message.find("unknown strategy \"stepcnf\", meant \"stepconf\"?; known: stepconf"),
              0u)
        << message;
  }
  EXPECT_THROW(prepare("stepconf", {frontiers, Seconds(0)}), InvalidInput);
  EXPECT_THROW(prepare("stepconf", {frontiers, Seconds(9), 1}), InvalidInput);
}

}  // namespace
}  // namespace stepconf::optimizer
