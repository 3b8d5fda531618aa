// What holds for each strategy on workflows of any shape.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/optimizer/exact_policy.h"
#include "stepconf/optimizer/optimal_policy.h"
#include "stepconf/optimizer/plan.h"
#include "stepconf/optimizer/problem_of.h"
#include "tests/optimizer/table_options.h"
#include "tests/workflow/random_series_parallel.h"

namespace stepconf::optimizer {
namespace {

using testing::Row;
using testing::TableOptions;
using workflow::Graph;
using workflow::StepId;

constexpr double kClose = 1e-9;

struct Trial {
  Trial(int size, bool series_parallel, std::mt19937& random)
      : workflow(testing::workflow_of(graph(size, series_parallel, random))),
        options(workflow, tables(size, random)),
        frontiers(workflow, options) {}

  static Graph graph(int size, bool series_parallel, std::mt19937& random) {
    if (series_parallel) return tests::random_series_parallel(size, random);
    Graph any(size);
    for (int i = 0; i < size; ++i)
      for (int j = i + 1; j < size; ++j)
        if (std::bernoulli_distribution(2.0 / size)(random)) any.add_edge(i, j);
    return any;
  }

  static std::vector<std::vector<Row>> tables(int size, std::mt19937& random) {
    const auto uniform = [&](double low, double high) {
      return std::uniform_real_distribution(low, high)(random);
    };
    std::vector<std::vector<Row>> result(size);
    for (std::vector<Row>& table : result) {
      const double work = uniform(0.5, 20);
      for (int row = std::uniform_int_distribution(1, 8)(random); row > 0; --row) {
        const double speed = uniform(1, 10);
        table.push_back({work / speed, work * std::pow(speed, uniform(-0.2, 1.0))});
      }
    }
    return result;
  }

  double fastest() { return fastest_plan(frontiers, Seconds(0)).duration.count(); }
  Plan plan_of(std::string_view name, double slo, double headroom = 0) {
    cache::InMemoryCache cache;
    return plan(name, {frontiers, Seconds(slo), headroom}, cache);
  }

  workflow::Workflow workflow;
  TableOptions options;
  Frontiers frontiers;
};

void for_trials(int most, const std::function<void(Trial&, double slo, std::mt19937&)>& property) {
  EXPECT_TRUE(rc::check([&] {
    std::mt19937 random(*rc::gen::arbitrary<unsigned>());
    const int size = std::uniform_int_distribution(1, most)(random);
    Trial trial(size, *rc::gen::arbitrary<bool>(), random);
    property(trial, trial.fastest() * std::uniform_real_distribution(0.9, 3.0)(random), random);
  }));
}

TEST(Strategies, NoneIsCheaperThanTheOptimumAndExactFollowsIt) {
  for_trials(12, [](Trial& trial, double slo, std::mt19937&) {
    const Plan optimal = trial.plan_of("optimal", slo);
    RC_ASSERT(optimal.feasible == (slo >= trial.fastest() - kClose));
    for (const StrategyEntry& strategy : strategies()) {
      if (strategy.name == "percentile") continue;  // Plans for a share, not for the mean.
      const Plan plan = trial.plan_of(strategy.name, slo);
      if (plan.feasible) {
        RC_ASSERT(optimal.feasible);
        RC_ASSERT(plan.cost.value >= optimal.cost.value * (1 - kClose));
      }
    }
    if (!optimal.feasible) return;
    RC_ASSERT(optimal.proved_optimal == true);
    const Plan exact = trial.plan_of("exact", slo);
    RC_ASSERT(exact.feasible);
    RC_ASSERT(exact.cost.value <= optimal.cost.value * 1.001);
  });
}

// Nobody asks about foreign steps: when they began has to be concluded.
TEST(Strategies, ExactFollowsTheOptimumAroundForeignSteps) {
  EXPECT_TRUE(rc::check([] {
    std::mt19937 random(*rc::gen::arbitrary<unsigned>());
    const int size = std::uniform_int_distribution(2, 12)(random);
    Trial trial(size, *rc::gen::arbitrary<bool>(), random);
    for (workflow::Step& step : trial.workflow.steps) {
      if (!std::bernoulli_distribution(0.4)(random)) continue;
      step.foreign_duration = Seconds(std::uniform_real_distribution(0.0, 8.0)(random));
    }
    const double slo = trial.fastest() * std::uniform_real_distribution(1.0, 2.5)(random);
    const Plan optimal = trial.plan_of("optimal", slo);
    const Plan exact = trial.plan_of("exact", slo);
    RC_ASSERT(optimal.feasible && exact.feasible);
    RC_ASSERT(std::abs(exact.cost.value - optimal.cost.value) <= 1e-3 * optimal.cost.value);
  }));
}

TEST(Strategies, OptimalAndExactSayThatTheirPlanIsNotProvedWhereTimeIsOut) {
  std::mt19937 random(3);
  Trial trial(30, false, random);
  const Seconds slo(1.5 * trial.fastest());
  const Plan proved = trial.plan_of("optimal", slo.count());
  ASSERT_EQ(proved.proved_optimal, true);
  for (const char* name : {"optimal", "exact"}) {
    cache::InMemoryCache cache;
    const Plan cut =
        plan(name, {.frontiers = trial.frontiers, .slo = slo, .out_of_time = [] { return true; }},
             cache);
    EXPECT_TRUE(cut.feasible) << name;
    EXPECT_EQ(cut.proved_optimal, false) << name;
    ASSERT_TRUE(cut.lower_bound) << name;
    EXPECT_LE(cut.lower_bound->value, proved.cost.value * (1 + kClose)) << name;
    EXPECT_GE(cut.cost.value, proved.cost.value * (1 - kClose)) << name;
  }
}

// An execution whose steps take another time than predicted: at each decision the choice is the one
// of the remaining problem, stated and solved as a whole.
TEST(Strategies, ExactSolvesWhatRemainsWhateverHappenedBefore) {
  for_trials(10, [](Trial& trial, double slo, std::mt19937& random) {
    const auto policy = make_exact_policy(trial.frontiers, Seconds(slo), [] { return false; });
    cache::InMemoryCache cache;
    const auto strategy = policy->begin(cache);
    const workflow::Workflow& workflow = trial.workflow;
    solver::Problem remaining = problem_of(trial.frontiers);
    std::vector<double> predicted(workflow.steps.size(), -1);
    std::vector<char> over(workflow.steps.size(), 0);
    std::vector<double> start(workflow.steps.size(), 0);
    std::vector<std::size_t> ended(workflow.steps.size(), 0);
    std::vector<std::pair<double, StepId>> ready;
    for (StepId s = 0; s < workflow.graph.size(); ++s)
      if (workflow.graph.predecessors[s].empty()) ready.emplace_back(0, s);
    while (!ready.empty()) {
      const auto first = std::ranges::min_element(ready);
      const auto [now, step] = *first;
      ready.erase(first);
      for (StepId before = 0; before < workflow.graph.size(); ++before) {
        if (predicted[before] < 0) continue;
        remaining.options[before] = {{std::max(0.0, predicted[before] - now), 0}};
      }
      // What was asked about before shows what had ended by then.
      for (const StepId before : workflow.graph.predecessors[step]) over[before] = 1;
      for (StepId s = 0; s < workflow.graph.size(); ++s)
        if (over[s]) remaining.options[s] = {{0, 0}};
      const auto solution = solver::make_solver(remaining)->cheapest_within(slo - now);
      const Decision decision = strategy->decide({step, workflow.steps[step].jobs, Seconds(now)});
      if (!solution.feasible) {
        RC_ASSERT(decision.constraint == Constraint::catch_up);
        RC_ASSERT(decision.rank == 1);
      } else {
        // Equal costs may be reached in two ways: what counts is what the choice leaves to pay.
        auto with_choice = remaining;
        with_choice.options[step] = {remaining.options[step][decision.rank - 1]};
        const auto left = solver::make_solver(with_choice)->cheapest_within(slo - now);
        RC_ASSERT(left.feasible);
        RC_ASSERT(left.best.total.usd <= solution.best.total.usd * (1 + 1e-6) + kClose);
      }
      predicted[step] = now + decision.duration->count();
      const double took =
          decision.duration->count() * std::uniform_real_distribution(0.8, 1.3)(random);
      for (const StepId next : workflow.graph.successors[step]) {
        start[next] = std::max(start[next], now + took);
        if (++ended[next] == workflow.graph.predecessors[next].size())
          ready.emplace_back(start[next], next);
      }
    }
  });
}

TEST(Strategies, DecideTheSameWhateverTheOrderInWhichStepsAreListed) {
  for_trials(12, [](Trial& trial, double slo, std::mt19937& random) {
    const int size = trial.workflow.graph.size();
    std::vector<StepId> moved(size);
    std::iota(moved.begin(), moved.end(), 0);
    std::shuffle(moved.begin(), moved.end(), random);
    workflow::Workflow other = testing::workflow_of(Graph(size));
    std::vector<std::vector<Row>> tables(size);
    for (StepId s = 0; s < size; ++s) {
      for (const estimator::Option& option : trial.options.options(trial.workflow.steps[s], 4))
        tables[moved[s]].push_back({option.duration.count(), option.cost.value});
      for (const StepId next : trial.workflow.graph.successors[s])
        other.graph.add_edge(moved[s], moved[next]);
    }
    const TableOptions other_options(other, tables);
    Frontiers other_frontiers(other, other_options);
    for (const StrategyEntry& strategy : strategies()) {
      if (strategy.name == "percentile") continue;
      cache::InMemoryCache cache;
      const Plan plan = trial.plan_of(strategy.name, slo);
      const Plan renamed = optimizer::plan(strategy.name, {other_frontiers, Seconds(slo)}, cache);
      RC_ASSERT(plan.feasible == renamed.feasible);
      RC_ASSERT(std::abs(plan.cost.value - renamed.cost.value) <= 1e-9 * plan.cost.value);
    }
  });
}

TEST(Strategies, PlanForLessWithHeadroom) {
  for_trials(10, [](Trial& trial, double slo, std::mt19937&) {
    for (const StrategyEntry& strategy : strategies()) {
      if (strategy.name == "percentile") continue;
      const Plan less = trial.plan_of(strategy.name, slo, 0.2);
      const Plan shorter = trial.plan_of(strategy.name, slo * 0.8);
      if (!shorter.feasible || shorter.fastest || less.fastest) continue;
      RC_ASSERT(less.cost == shorter.cost);
      RC_ASSERT(less.duration == shorter.duration);
    }
  });
}

TEST(Strategies, RestrictedOnesChooseOnlyWhatTheyMay) {
  workflow::Workflow workflow = testing::workflow_of(Graph(1));
  // 128x1x1 is slow; 256x4x1 and 384x1x4 are faster; 512x4x4 is the fastest.
  class Options final : public estimator::OptionSource {
   public:
    std::vector<estimator::Option> options(const workflow::Step&, int) const override {
      return {{{MemoryMb{128}, 1, 1}, Seconds(9), Usd{1}},
              {{MemoryMb{256}, 4, 1}, Seconds(5), Usd{2}},
              {{MemoryMb{384}, 1, 4}, Seconds(4), Usd{3}},
              {{MemoryMb{512}, 4, 4}, Seconds(2), Usd{4}}};
    }
    estimator::Evaluation evaluate(const workflow::Step&, int,
                                   const estimator::Configuration&) const override {
      return {};
    }
  };
  const Options options;
  Frontiers frontiers(workflow, options);
  const auto chosen = [&](std::string_view name) {
    cache::InMemoryCache cache;
    const auto policy = prepare(name, {frontiers, Seconds(2)});
    return policy->begin(cache)->decide({0, 4, Seconds(0)}).configuration.memory.value;
  };
  EXPECT_EQ(chosen("stepconf"), 512);
  EXPECT_EQ(chosen("static"), 512);
  EXPECT_EQ(chosen("no-no"), 128);
  EXPECT_EQ(chosen("inter-only"), 256);
  EXPECT_EQ(chosen("intra-only"), 384);
  // Where each job must have an instance of its own, there is no choice to leave out.
  workflow.steps[0].batched = false;
  Frontiers single(workflow, options);
  cache::InMemoryCache cache;
  const auto policy = prepare("no-no", {single, Seconds(2)});
  EXPECT_EQ(policy->begin(cache)->decide({0, 4, Seconds(0)}).configuration.memory.value, 512);
}

TEST(Strategies, StaticSharesTheSloOutByLevels) {
  // a; then b beside c; then d. theta* takes 2, 4, 3 and 2 s, so of 16 s the levels get 4, 8 and 4.
  workflow::Workflow workflow = testing::workflow_of(Graph(4));
  workflow.graph.add_edge(0, 1);
  workflow.graph.add_edge(0, 2);
  workflow.graph.add_edge(1, 3);
  workflow.graph.add_edge(2, 3);
  const TableOptions options(
      workflow, {{{2, 1}}, {{4, 1}, {9, 0.9}, {10, 0.8}}, {{3, 1}, {11, 0.9}}, {{2, 1}, {5, 0.9}}});
  Frontiers frontiers(workflow, options);
  cache::InMemoryCache cache;
  const Plan planned = plan("static", {frontiers, Seconds(16)}, cache);
  EXPECT_EQ(planned.steps[0].sub_slo, Seconds(4));
  // a leaves 2 s over: b and c have until 12 s.
  EXPECT_EQ(planned.steps[1].sub_slo, Seconds(10));
  EXPECT_EQ(planned.steps[1].duration, Seconds(10));
  EXPECT_EQ(planned.steps[2].duration, Seconds(3));
  EXPECT_EQ(planned.steps[3].sub_slo, Seconds(4));
  EXPECT_EQ(planned.steps[3].duration, Seconds(2));
}

TEST(Strategies, APlanIsKeptForOtherNumbersOfJobsWhereItCanRun) {
  workflow::Workflow workflow = testing::workflow_of(Graph(1));
  const TableOptions options(workflow, {{{1, 8}, {4, 2}}});
  Frontiers frontiers(workflow, options);
  cache::InMemoryCache cache;
  const auto policy = prepare("optimal", {frontiers, Seconds(4)});
  const auto strategy = policy->begin(cache);
  // Twice the jobs expected: the same configuration takes and costs twice as much.
  const Decision decision = strategy->decide({0, 8, Seconds(0)});
  EXPECT_EQ(decision.configuration.memory.value, 256);
  EXPECT_EQ(decision.duration, Seconds(8));
  EXPECT_EQ(decision.constraint, Constraint::plan);
}

TEST(Strategies, AnswerWithoutAnSlo) {
  workflow::Workflow workflow = testing::workflow_of(Graph(2));
  workflow.graph.add_edge(0, 1);
  const TableOptions options(workflow, {{{1, 8}, {4, 2}}, {{1, 8}, {4, 2}}});
  Frontiers frontiers(workflow, options);
  for (const StrategyEntry& strategy : strategies()) {
    if (strategy.name == "percentile") continue;
    cache::InMemoryCache cache;
    const auto policy =
        prepare(strategy.name, {frontiers, Seconds(std::numeric_limits<double>::max())});
    const Decision decision = policy->begin(cache)->decide({0, 4, Seconds(0)});
    EXPECT_EQ(decision.duration, Seconds(4)) << strategy.name;
    EXPECT_FALSE(decision.sub_slo) << strategy.name;
  }
}

}  // namespace
}  // namespace stepconf::optimizer
