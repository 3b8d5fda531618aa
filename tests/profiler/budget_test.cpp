#include "stepconf/profiler/budget.h"

#include <gtest/gtest.h>

namespace stepconf::profiler {
namespace {

Expense expense(double seconds, double usd) { return {Seconds(seconds), Usd{usd}}; }

TEST(Budget, CountsInvocationsThatAreStillAtWork) {
  Budget budget({.usd = {}, .invocations = 2, .time = {}}, Seconds(0));
  EXPECT_TRUE(budget.begin({}, Seconds(0)));
  EXPECT_TRUE(budget.begin({}, Seconds(0)));
  EXPECT_FALSE(budget.begin({}, Seconds(0)));
  budget.end({}, {});
  EXPECT_FALSE(budget.begin({}, Seconds(0))) << "one is spent and one at work";
  EXPECT_EQ(budget.refusal(), "--budget-invocations 2 is used up");
}

TEST(Budget, RefusesWhatIsExpectedToCostMoreThanIsLeft) {
  Budget budget({.usd = Usd{0.10}, .invocations = {}, .time = {}}, Seconds(0));
  EXPECT_TRUE(budget.begin(expense(1, 0.04), Seconds(0)));
  // 0.04 at work and 0.07 more would be 0.11.
  EXPECT_FALSE(budget.begin(expense(1, 0.07), Seconds(0)));
  EXPECT_EQ(budget.refusal(),
            "--budget-usd 0.1: $0.04 is spent, and the next invocation would cost about $0.07");
  // It came cheaper than expected: 0.02 and 0.07 are within.
  budget.end(expense(1, 0.04), expense(1, 0.02));
  EXPECT_TRUE(budget.begin(expense(1, 0.07), Seconds(0)));
}

TEST(Budget, RefusesWhatWouldNotEndInTime) {
  Budget budget({.usd = {}, .invocations = {}, .time = Seconds(10)}, Seconds(100));
  EXPECT_TRUE(budget.begin(expense(4, 0), Seconds(105)));
  EXPECT_FALSE(budget.begin(expense(4, 0), Seconds(107)));
  EXPECT_FALSE(budget.exhausted(Seconds(107))) << "something shorter could still be done";
  EXPECT_TRUE(budget.exhausted(Seconds(111)));
}

TEST(Budget, WithoutLimitsRefusesNothingAndAddsUp) {
  Budget budget({}, Seconds(0));
  EXPECT_TRUE(budget.begin(expense(1e6, 1e6), Seconds(1e6)));
  budget.end(expense(1e6, 1e6), expense(3, 0.5));
  budget.spend(expense(1, 0.25));
  EXPECT_EQ(budget.spending().invocations, 2);
  EXPECT_EQ(budget.spending().cost.value, 0.75);
  EXPECT_EQ(budget.spending().time, Seconds(4));
  EXPECT_EQ(budget.refusal(), "");
}

}  // namespace
}  // namespace stepconf::profiler
