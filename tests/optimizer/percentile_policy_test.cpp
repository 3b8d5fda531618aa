#include "stepconf/optimizer/percentile_policy.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "stepconf/base/error.h"
#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/optimizer/plan.h"
#include "tests/optimizer/table_options.h"

namespace stepconf::optimizer {
namespace {

using testing::TableOptions;
using workflow::Graph;
using workflow::StepId;

// Every option takes its duration, in one of ten executions twice as long; cost is fixed.
class TwiceInTen final : public estimator::ScatterSource {
 public:
  void quantiles(const workflow::Step& step, int, const estimator::Option& option,
                 std::span<const double> probabilities, std::span<double> seconds) const override {
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
      const bool late = probabilities[i] > 0.9 && !step.is_foreign();
      seconds[i] = option.duration.count() * (late ? 2 : 1);
    }
  }
  estimator::StepOutcome mean(const workflow::Step& step, int,
                              const estimator::Option& option) const override {
    return {option.duration * (step.is_foreign() ? 1.0 : 1.1), option.cost};
  }
  estimator::StepOutcome draw(const workflow::Step&, int, const estimator::Option& option,
                              const estimator::Draws& draws) const override {
    return {option.duration * (draws.uniform(0, 0) > 0.9 ? 2 : 1), option.cost};
  }
};

const TwiceInTen kScatter;

Graph chain(int size) {
  Graph graph(size);
  for (StepId step = 1; step < size; ++step) graph.add_edge(step - 1, step);
  return graph;
}

struct Fixture {
  workflow::Workflow workflow;
  TableOptions options;
  Frontiers frontiers{workflow, options};
  PercentilePolicy policy;
  cache::InMemoryCache cache;
  std::unique_ptr<Strategy> strategy = policy.begin(cache);

  Fixture(const Graph& graph, std::vector<std::vector<testing::Row>> tables, double slo,
          double target = 0.95)
      : workflow(testing::workflow_of(graph)),
        options(workflow, std::move(tables)),
        policy(
            {.frontiers = frontiers, .slo = Seconds(slo), .target = target, .scatter = &kScatter}) {
  }
  int memory(StepId step, double now, int jobs = 4) {
    return strategy->decide({step, jobs, Seconds(now)}).configuration.memory.value;
  }
};

TEST(Percentile, NeedsToKnowHowDurationsScatter) {
  const workflow::Workflow workflow = testing::workflow_of(chain(1));
  const TableOptions options(workflow, {{{1, 1}}});
  Frontiers frontiers(workflow, options);
  EXPECT_THROW(prepare("percentile", {.frontiers = frontiers, .slo = Seconds(5)}), InvalidInput);
}

// Every option takes its duration and costs its cost.
class NoScatter final : public estimator::ScatterSource {
 public:
  void quantiles(const workflow::Step&, int, const estimator::Option& option,
                 std::span<const double>, std::span<double> seconds) const override {
    std::ranges::fill(seconds, option.duration.count());
  }
  estimator::StepOutcome mean(const workflow::Step&, int,
                              const estimator::Option& option) const override {
    return {option.duration, option.cost};
  }
  estimator::StepOutcome draw(const workflow::Step&, int, const estimator::Option& option,
                              const estimator::Draws&) const override {
    return {option.duration, option.cost};
  }
};

TEST(Percentile, TakesAPlanThatTakesExactlyTheSlo) {
  // 0.1 s + 0.2 s in 0.3 s for 2 + 2 USD; all else in time costs at least 7.
  const workflow::Workflow workflow = testing::workflow_of(chain(2));
  const TableOptions options(workflow, {{{0.05, 5}, {0.1, 2}}, {{0.1, 5}, {0.2, 2}}});
  Frontiers frontiers(workflow, options);
  const NoScatter scatter;
  cache::InMemoryCache cache;
  const Plan planned =
      plan("percentile", {.frontiers = frontiers, .slo = Seconds(0.3), .scatter = &scatter}, cache);
  EXPECT_TRUE(planned.feasible);
  EXPECT_NEAR(planned.cost.value, 4, 1e-9);
}

TEST(Percentile, LeavesRoomForTheTailWhereTheTargetAsksForIt) {
  // 3 s for 2 USD, but 6 s in one of ten; 1.5 s, at most 3 s, for 4 USD. The SLO is 5 s.
  const std::vector<testing::Row> rows = {{1.5, 4}, {3, 2}};
  Fixture nearly_all(chain(1), {rows}, 5, 0.95), most(chain(1), {rows}, 5, 0.85);
  EXPECT_EQ(nearly_all.memory(0, 0), 128);
  EXPECT_EQ(most.memory(0, 0), 256);
}

TEST(Percentile, PredictsTheChanceOfTheChoiceAndOfTheNextCheaper) {
  Fixture fixture(chain(1), {{{1.5, 4}, {3, 2}}}, 5);
  const Decision decision = fixture.strategy->decide({0, 4, Seconds(0)});
  EXPECT_NEAR(*decision.attainment, 1, 1e-3);
  // The bins from .90 on take twice as long, and so does the upper half of the one before, whose
  // mean is 4.5 s: 1 - .08 - .04 ... leaves at least 0.84.
  EXPECT_NEAR(*decision.attainment_with_runner_up, 0.9, 0.06);
  EXPECT_EQ(decision.constraint, Constraint::price_of_miss);
  EXPECT_EQ(*decision.sub_slo, Seconds(5));
}

TEST(Percentile, SlowsDownAgainWhenTimeIsWon) {
  Fixture fixture(chain(2), {{{1.5, 4}, {3, 2}}, {{1.5, 4}, {3, 2}}}, 7.5, 0.95);
  EXPECT_EQ(fixture.memory(1, 1), 256) << "6.5 s are left, and 6 s are enough";
  EXPECT_EQ(fixture.memory(1, 4), 128) << "3.5 s are left";
}

TEST(Percentile, GivesBranchesTheSameDueInWhateverOrderTheyAsk) {
  Graph graph(4);
  for (const auto& [a, b] : {std::pair{0, 1}, {0, 2}, {1, 3}, {2, 3}}) graph.add_edge(a, b);
  const std::vector<testing::Row> rows = {{1, 5}, {2, 3}, {4, 2}};
  Fixture one(graph, {rows, rows, rows, rows}, 12), other(graph, {rows, rows, rows, rows}, 12);
  const int b = one.memory(1, 2), c = one.memory(2, 2);
  EXPECT_EQ(other.memory(2, 2), c);
  EXPECT_EQ(other.memory(1, 2), b);
  const auto entry = one.cache.find(1);
  ASSERT_TRUE(entry.sub_graph);
  EXPECT_EQ(entry.sub_graph->steps, std::vector<StepId>{1});
  EXPECT_EQ(*one.cache.find(2).sub_graph,
            (SubGraph{{2}, entry.sub_graph->latest_finish, entry.sub_graph->context}));
}

TEST(Percentile, GoesOnFromWhatAnotherProcessStored) {
  Graph graph(3);
  graph.add_edge(0, 2);
  graph.add_edge(1, 2);
  const std::vector<testing::Row> rows = {{1, 5}, {2, 3}, {4, 2}};
  Fixture here(graph, {rows, rows, rows}, 8, 0.9), elsewhere(graph, {rows, rows, rows}, 8, 0.9);
  const int in_time = here.memory(0, 0);
  const int context = here.cache.find(0).sub_graph->context;
  ASSERT_TRUE(elsewhere.cache.store(0, {{{0}, Seconds(-4), context}, {{1}, Seconds(-4), context}}));
  EXPECT_LT(elsewhere.memory(0, 0), in_time) << "late already, although 8 s are left";
}

TEST(Percentile, ChoosesForTheJobsThatTheStepReallyHas) {
  // With twice the jobs everything takes twice as long: 6 s are too slow for 5 s, 3 s are not.
  Fixture fixture(chain(1), {{{1.5, 4}, {2.4, 2}}}, 5);
  EXPECT_EQ(fixture.memory(0, 0, 4), 256);
  EXPECT_EQ(fixture.memory(0, 0, 6), 128);
}

TEST(Percentile, LooksUpARetryWithTheTimeLeftByThen) {
  Fixture fixture(chain(1), {{{1, 5}, {2, 1}}}, 6);
  EXPECT_EQ(fixture.memory(0, 0), 256);
  EXPECT_EQ(fixture.memory(0, 3), 128) << "3 s are left: 2 s may become 4";
}

TEST(Percentile, SaysWhatIsInReachWhereTheTargetIsNot) {
  Fixture fixture(chain(1), {{{3, 2}}}, 5, 0.95);
  const PercentileSummary& summary = fixture.policy.summary();
  EXPECT_FALSE(summary.attained);
  EXPECT_NEAR(summary.attainment, 0.9, 0.011);
}

TEST(Percentile, TellsWhatTheNextHigherTargetCosts) {
  Fixture fixture(chain(1), {{{1.5, 4}, {3, 2}}}, 5, 0.85);
  const PercentileSummary& summary = fixture.policy.summary();
  EXPECT_TRUE(summary.attained);
  EXPECT_EQ(summary.cost.value, 2);
  EXPECT_NEAR(summary.next_target.value_or(0), 0.9, 1e-12);
}

TEST(Percentile, TakesTheCheapestWithoutAnSlo) {
  Fixture fixture(chain(2), {{{1.5, 4}, {3, 2}}, {{1, 5}, {2, 3}}}, 1e300);
  EXPECT_EQ(fixture.memory(0, 0), 256);
  EXPECT_EQ(fixture.memory(1, 3), 256);
}

TEST(Percentile, PlansWithThePriceThatRunsHaveLedTo) {
  const workflow::Workflow workflow = testing::workflow_of(chain(1));
  const TableOptions options(workflow, {{{1.5, 4}, {3, 2}}});
  Frontiers frontiers(workflow, options);
  for (const auto& [log_price, memory] : {std::pair{-1.5, 256}, {2.0, 128}}) {
    PercentilePolicy policy(
        {.frontiers = frontiers, .slo = Seconds(5), .scatter = &kScatter, .log_price = log_price});
    cache::InMemoryCache cache;
    EXPECT_EQ(policy.begin(cache)->decide({0, 4, Seconds(0)}).configuration.memory.value, memory);
  }
}

RC_GTEST_PROP(Percentile, MeetsTheSloOnAnyWorkflowWhereDurationsAreAsPredictedAndTimeIsAmple, ()) {
  const int size = *rc::gen::inRange(1, 9);
  Graph graph(size);
  for (StepId to = 1; to < size; ++to) {
    for (StepId from = 0; from < to; ++from) {
      if (*rc::gen::inRange(0, 3) == 0) graph.add_edge(from, to);
    }
  }
  const workflow::Workflow workflow = testing::workflow_of(graph);
  std::vector<std::vector<testing::Row>> tables;
  for (int step = 0; step < size; ++step) {
    const double work = *rc::gen::inRange(1, 10);
    tables.push_back({{work, 5}, {2 * work, 3}, {4 * work, 2}});
  }
  const TableOptions options(workflow, tables);
  Frontiers frontiers(workflow, options);
  // Twice as long as predicted, and twice as much again for waiting more than is needed.
  const Seconds slo = 4.5 * fastest_duration(workflow, options);
  cache::InMemoryCache cache;
  const Plan chosen =
      plan("percentile", {.frontiers = frontiers, .slo = slo, .scatter = &kScatter}, cache);
  RC_ASSERT(chosen.feasible);
  RC_ASSERT(!chosen.fastest);
}

}  // namespace
}  // namespace stepconf::optimizer
