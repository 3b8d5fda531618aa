// What exact knows of steps that nobody asks about.
#include "stepconf/optimizer/exact_policy.h"

#include <gtest/gtest.h>

#include "stepconf/cache/in_memory_cache.h"
#include "tests/optimizer/table_options.h"
#include "tests/workflow/graph_text.h"

namespace stepconf::optimizer {
namespace {

using testing::Row;
using testing::TableOptions;

// What is chosen for step `step`, the only one that is asked about, at `now` of 12 s.
Decision decide(const workflow::Workflow& workflow, std::vector<std::vector<Row>> tables,
                std::string_view step, double now) {
  const TableOptions options(workflow, std::move(tables));
  Frontiers frontiers(workflow, options);
  cache::InMemoryCache cache;
  const auto policy = make_exact_policy(frontiers, Seconds(12), [] { return false; });
  return policy->begin(cache)->decide({*workflow.find(step), 4, Seconds(now)});
}

workflow::Workflow workflow_of(const std::string& edges) {
  return testing::workflow_of(workflow::testing::graph(edges));
}

const std::vector<Row> kFastOrCheap = {{2, 10}, {6, 1}};

TEST(ExactPolicy, KnowsThatForeignStepsSideBySideHaveRunSinceTheBeginning) {
  // a waits 5 s, then b; beside them c waits 10 s. At 5 s c needs 5 s more, until 10 s, so that b
  // may take its 6 s.
  workflow::Workflow workflow = workflow_of("a -> b, c");
  workflow.steps[0].foreign_duration = Seconds(5);
  workflow.steps[2].foreign_duration = Seconds(10);
  const Decision decision = decide(workflow, {{}, kFastOrCheap, {}}, "b", 5);
  EXPECT_EQ(decision.constraint, Constraint::slo);
  EXPECT_EQ(decision.duration, Seconds(6));
  ASSERT_TRUE(decision.sub_slo);
  EXPECT_NEAR(decision.sub_slo->count(), 7, 1e-6);
}

TEST(ExactPolicy, KnowsItOfBranchesWithinBranches) {
  // As above within a series: d takes what b and c leave, 12 s - 11 s.
  workflow::Workflow workflow = workflow_of("a -> b -> d, c -> d");
  workflow.steps[0].foreign_duration = Seconds(5);
  workflow.steps[2].foreign_duration = Seconds(10);
  const Decision decision = decide(workflow, {{}, kFastOrCheap, {}, {{1, 1}}}, "b", 5);
  EXPECT_EQ(decision.constraint, Constraint::slo);
  EXPECT_EQ(decision.duration, Seconds(6));
}

TEST(ExactPolicy, KnowsItOnWorkflowsThatAreNotSeriesParallel) {
  // As above, with d behind b and c, and e behind c alone.
  workflow::Workflow workflow = workflow_of("a -> b -> d, c -> d, c -> e");
  workflow.steps[0].foreign_duration = Seconds(5);
  workflow.steps[2].foreign_duration = Seconds(10);
  const Decision decision = decide(workflow, {{}, kFastOrCheap, {}, {{1, 1}}, {{1, 1}}}, "b", 5);
  EXPECT_EQ(decision.constraint, Constraint::slo);
  EXPECT_EQ(decision.duration, Seconds(6));
}

// In one branch something that ends at 1 s, a wait of 4 s until 5 s, d until 8 s; in the other e
// until 3 s, then f; behind both g, 4 s. So f may end at 8 s, for g to end at 12 s. Gives what is
// decided for f after `asked` at 0 s.
Decision decide_beside_a_wait(const workflow::Workflow& workflow, std::string_view asked) {
  std::vector<std::vector<Row>> tables = {{{1, 1}}, {{1, 1}},          {},      {{3, 1}},
                                          {{3, 1}}, {{2, 10}, {5, 1}}, {{4, 1}}};
  const TableOptions options(workflow, std::move(tables));
  Frontiers frontiers(workflow, options);
  cache::InMemoryCache cache;
  const auto policy = make_exact_policy(frontiers, Seconds(12), [] { return false; });
  const auto strategy = policy->begin(cache);
  for (const char& step : asked)
    strategy->decide({*workflow.find(std::string_view(&step, 1)), 4, Seconds(0)});
  return strategy->decide({*workflow.find("f"), 4, Seconds(3)});
}

TEST(ExactPolicy, KnowsThatAWaitBehindBranchesHasRunSinceTheyEnded) {
  workflow::Workflow workflow = workflow_of("a -> c -> d -> g, b -> c, e -> f -> g");
  workflow.steps[2].foreign_duration = Seconds(4);
  const Decision decision = decide_beside_a_wait(workflow, "abe");
  EXPECT_EQ(decision.constraint, Constraint::slo);
  EXPECT_EQ(decision.duration, Seconds(5));
}

TEST(ExactPolicy, KnowsThatTheWaitsOfAChoiceHaveRunSinceItWasMade) {
  // From the beginning on either b or c, the longer of which counts, until 8 s.
  workflow::Workflow workflow = workflow_of("b -> g, c -> g, a -> e -> f -> g, d -> g");
  workflow.steps[1].foreign_duration = Seconds(2);
  workflow.steps[2].foreign_duration = Seconds(8);
  workflow.choices = {{"X", 1, {{"b", 0.5, {1}}, {"c", 0.5, {2}}}}};
  const Decision decision = decide_beside_a_wait(workflow, "ae");
  EXPECT_EQ(decision.constraint, Constraint::slo);
  EXPECT_EQ(decision.duration, Seconds(5));
}

TEST(ExactPolicy, KnowsItOfBranchesBehindAWait) {
  // a waits 1 s, then b and c wait side by side, the longer until 5 s; nobody was asked yet.
  workflow::Workflow workflow = workflow_of("a -> b -> d, a -> c -> d, d -> g, e -> f -> g");
  workflow.steps[0].foreign_duration = Seconds(1);
  workflow.steps[1].foreign_duration = Seconds(3);
  workflow.steps[2].foreign_duration = Seconds(4);
  const Decision decision = decide_beside_a_wait(workflow, "e");
  EXPECT_EQ(decision.constraint, Constraint::slo);
  EXPECT_EQ(decision.duration, Seconds(5));
}

// Not series-parallel: behind a either b or c, then d, which waits for e too, as g does. Gives what
// is decided for c at 4 s, 8 s before the end.
Decision decide_on_a_way(const std::vector<Row>& b, const std::vector<Row>& d) {
  workflow::Workflow workflow = workflow_of("a -> b -> d, a -> c -> d, e -> d, e -> g");
  workflow.choices = {{"X", 1, {{"b", 0.9, {1}}, {"c", 0.1, {2}}}}};
  workflow.steps[1].probability = 0.9;
  workflow.steps[2].probability = 0.1;
  const std::vector<Row> short_one = {{1, 1}};
  return decide(workflow, {{{4, 1}}, b, {{2, 10}, {6, 1}}, d, short_one, short_one, short_one}, "c",
                4);
}

TEST(ExactPolicy, PassesByTheWaysThatWereNotTaken) {
  // b would take too long, whatever follows.
  const Decision decision = decide_on_a_way({{20, 1}}, {{1, 1}});
  EXPECT_EQ(decision.constraint, Constraint::slo);
  EXPECT_EQ(decision.duration, Seconds(6));
}

TEST(ExactPolicy, WeighsTheWayThatWasTakenInFull) {
  // 6 s and 1 s for 1 + 5, or 2 s and 5 s for 10 + 1: which would be less if c counted a tenth.
  const Decision decision = decide_on_a_way({{1, 1}}, {{1, 5}, {5, 1}});
  EXPECT_EQ(decision.duration, Seconds(6));
}

TEST(ExactPolicy, PlansForBothWaysWhereIterationsOfAMapGoThem) {
  // As above, with f behind c. Of 8 s f takes 3 s and d 1 s.
  workflow::Workflow workflow = workflow_of("a -> b -> d, a -> c -> f -> d, e -> d, e -> g");
  workflow.choices = {{"X", 1, {{"b", 0.9, {1}}, {"c", 0.1, {2, 5}}}}};
  const std::vector<Row> short_one = {{1, 1}};
  const TableOptions options(
      workflow,
      {{{4, 1}}, short_one, {{2, 10}, {6, 1}}, short_one, short_one, {{3, 1}}, short_one});
  Frontiers frontiers(workflow, options);
  cache::InMemoryCache cache;
  const auto policy = make_exact_policy(frontiers, Seconds(12), [] { return false; });
  const auto strategy = policy->begin(cache);
  strategy->decide({*workflow.find("b"), 4, Seconds(4)});
  const Decision decision = strategy->decide({*workflow.find("c"), 4, Seconds(4)});
  EXPECT_EQ(decision.constraint, Constraint::slo);
  EXPECT_EQ(decision.duration, Seconds(2));
}

}  // namespace
}  // namespace stepconf::optimizer
