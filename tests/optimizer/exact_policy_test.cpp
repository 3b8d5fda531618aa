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

}  // namespace
}  // namespace stepconf::optimizer
