#include "stepconf/optimizer/budget.h"

#include <gtest/gtest.h>

#include <cmath>

#include "stepconf/base/error.h"
#include "stepconf/cache/in_memory_cache.h"
#include "tests/optimizer/table_options.h"
#include "tests/workflow/graph_text.h"

namespace stepconf::optimizer {
namespace {

using testing::TableOptions;

class BudgetTest : public ::testing::Test {
 protected:
  BudgetPlan plan_for(double usd) {
    Frontiers frontiers(workflow_, options_);
    cache::InMemoryCache cache;
    return plan_within(frontiers, Usd{usd}, cache);
  }

  // a before b and c side by side. Plans: a 1 s or 3 s; b and c 2 s or 4 s, of which it is of use
  // to make both fast or none.
  workflow::Workflow workflow_ = testing::workflow_of(workflow::testing::graph("a -> b, a -> c"));
  TableOptions options_{workflow_, {{{1, 6}, {3, 2}}, {{2, 5}, {4, 1}}, {{2, 4}, {4, 2}}}};
};

TEST_F(BudgetTest, GivesTheFastestPlanThatTheBudgetPaysFor) {
  // Dear a, cheap b and c: 1 + 4 s for 6 + 1 + 2. The other way round: 3 + 2 s for 2 + 5 + 4.
  const BudgetPlan found = plan_for(9);
  EXPECT_TRUE(found.plan.feasible);
  EXPECT_EQ(found.plan.duration, Seconds(5));
  EXPECT_DOUBLE_EQ(found.plan.cost.value, 9);
  EXPECT_NEAR(found.lower_bound.count(), 5, 1e-8);
  EXPECT_EQ(found.plan.proved_optimal, true);
  EXPECT_EQ(plan_for(14.9).plan.duration, Seconds(5));
  EXPECT_EQ(plan_for(15).plan.duration, Seconds(3));
}

TEST_F(BudgetTest, TakesTheCheapestOfEquallyFastPlans) {
  // 5 s cost 9 or 11.
  EXPECT_DOUBLE_EQ(plan_for(11).plan.cost.value, 9);
}

TEST_F(BudgetTest, GivesTheCheapestPlanWhereNothingKeepsTheBudget) {
  const BudgetPlan found = plan_for(4);
  EXPECT_FALSE(found.plan.feasible);
  EXPECT_DOUBLE_EQ(found.plan.cost.value, 2 + 1 + 2);
  EXPECT_EQ(found.plan.duration, Seconds(7));
  EXPECT_EQ(found.plan.proved_optimal, false);
}

TEST_F(BudgetTest, RefusesABudgetThatIsNone) {
  EXPECT_THROW(plan_for(-1), InvalidInput);
  EXPECT_THROW(plan_for(std::nan("")), InvalidInput);
}

}  // namespace
}  // namespace stepconf::optimizer
