// One process a decision decides as one process for all of them does.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <memory>

#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/compiled/plan_sources.h"
#include "stepconf/compiled/prepared_policy.h"
#include "tests/configurator/fake_table.h"
#include "tests/configurator/fixtures.h"

namespace stepconf::configurator {
namespace {

using workflow::StepId;

// Two branches of two steps each between a first and a last one, then one more; all call "work".
workflow::Workflow branches() {
  workflow::Workflow result;
  for (const char* name : {"first", "a1", "a2", "b1", "b2", "join", "last"}) {
    workflow::Step step;
    step.name = name;
    step.function = "work";
    step.is_map = true;
    step.jobs = 16;
    result.steps.push_back(step);
  }
  result.graph = workflow::Graph(7);
  for (const auto& [from, to] : {std::pair{0, 1}, {1, 2}, {0, 3}, {3, 4}, {2, 5}, {4, 5}, {5, 6}})
    result.graph.add_edge(from, to);
  return result;
}

compiled::CompiledPlan plan_of(const std::string& strategy, double slo, bool charged = false) {
  compiled::CompiledPlan plan =
      compiled::compile("test", branches(), {Seconds(slo), "", 0.9, 0.05, strategy, charged},
                        compiled::testing::options());
  compiled::prepare_policy(plan);
  return plan;
}

Deployment deployment_of(CacheSettings::Kind cache) {
  Deployment result{.name = "branches"};
  for (const workflow::Step& step : branches().steps) {
    DeployedStep deployed{.functions = {}, .safe = testing::safe()};
    for (const int memory : estimator::ConfigurationSpace{}.memory_mb)
      deployed.functions[{memory}] = fmt::format("mem-{}", memory);
    result.steps.emplace(step.name, std::move(deployed));
  }
  result.cache.kind = cache;
  result.cache.table = "T";
  return result;
}

struct Asked {
  StepId step = 0;
  int jobs = 1;
  std::int64_t milliseconds = 0;
};

// An execution of random job numbers and durations: the questions in the order of time.
std::vector<Asked> random_execution(const workflow::Workflow& workflow) {
  std::vector<std::int64_t> ends(workflow.steps.size());
  std::vector<Asked> asked;
  for (StepId step = 0; step < workflow.graph.size(); ++step) {
    std::int64_t ready = 0;
    for (const StepId before : workflow.graph.predecessors[step])
      ready = std::max(ready, ends[before]);
    ends[step] = ready + *rc::gen::inRange<std::int64_t>(100, 6000);
    asked.push_back({step, *rc::gen::element(16, 16, 5, 40), ready});
  }
  std::ranges::stable_sort(asked, {}, &Asked::milliseconds);
  return asked;
}

// As executor::run asks: one strategy, one cache in memory.
std::vector<estimator::Configuration> as_run_does(const compiled::CompiledPlan& plan,
                                                  const std::vector<Asked>& execution) {
  const compiled::PlanSources sources(plan);
  optimizer::Frontiers frontiers(plan.workflow, sources.options());
  const auto prepared = plan.policies.find(plan.goal.strategy);
  const auto policy = optimizer::prepare(
      plan.goal.strategy,
      {.frontiers = frontiers,
       .slo = *plan.goal.slo,
       .headroom = plan.goal.headroom,
       .target = plan.goal.target,
       .scatter = &sources.scatter(),
       .prepared = prepared == plan.policies.end() ? std::string_view() : prepared->second});
  cache::InMemoryCache cache;
  const auto strategy = policy->begin(cache);
  std::vector<estimator::Configuration> chosen;
  for (const Asked& asked : execution) {
    const Seconds now(static_cast<double>(asked.milliseconds) / 1e3);
    chosen.push_back(strategy->decide({asked.step, asked.jobs, now}).configuration);
  }
  return chosen;
}

Event event_of(const compiled::CompiledPlan& plan, const Asked& asked) {
  return testing::event(plan.workflow.steps[static_cast<std::size_t>(asked.step)].name, asked.jobs,
                        asked.milliseconds);
}

void expect_the_same_decisions(const std::string& strategy, int executions, bool charged = false) {
  const double slo = 14;
  const compiled::CompiledPlan plan = plan_of(strategy, slo, charged);
  // Two warm processes and, with each execution, a new one take turns.
  std::vector<std::unique_ptr<Configurator>> processes;
  const auto start = [&] {
    processes.push_back(std::make_unique<Configurator>(deployment_of(CacheSettings::Kind::dynamodb),
                                                       plan_of(strategy, slo, charged), "plan"));
  };
  start();
  start();
  testing::FakeTable table;
  int number = 0;
  EXPECT_TRUE(rc::check([&] {
    if (++number <= executions) {
      const std::vector<Asked> execution = random_execution(plan.workflow);
      const auto expected = as_run_does(plan, execution);
      for (std::size_t i = 0; i < execution.size(); ++i) {
        Event event = event_of(plan, execution[i]);
        event.execution = fmt::format("execution {}", number);
        Configurator& process = *processes[*rc::gen::inRange<std::size_t>(0, processes.size())];
        const Verdict verdict = process.decide(event, Mode::on, &table);
        RC_ASSERT(verdict.why_safe == "");
        RC_ASSERT(*verdict.chosen == expected[i]);
      }
    }
  }));
  EXPECT_GE(number, executions);
}

TEST(SameAsRun, Algorithm2) { expect_the_same_decisions("stepconf", 100); }
TEST(SameAsRun, Exact) { expect_the_same_decisions("exact", 100); }
TEST(SameAsRun, Percentile) { expect_the_same_decisions("percentile", 60); }
TEST(SameAsRun, Algorithm2WithChargedDecisions) { expect_the_same_decisions("stepconf", 60, true); }
TEST(SameAsRun, PercentileWithChargedDecisions) {
  expect_the_same_decisions("percentile", 30, true);
}
TEST(SameAsRun, Static) { expect_the_same_decisions("static", 20); }
TEST(SameAsRun, Optimal) { expect_the_same_decisions("optimal", 20); }

// Along a chain everything decided before is on the way; nothing is lost without a table.
TEST(SameAsRun, AlsoWhereTheStateTravelsAlongAChain) {
  workflow::Workflow chain = branches();
  chain.graph = workflow::Graph(7);
  for (int step = 0; step < 6; ++step) chain.graph.add_edge(step, step + 1);
  for (const char* strategy : {"stepconf", "exact"}) {
    const auto plan = [&] {
      return compiled::compile("test", chain, {Seconds(20), "", 0.9, 0.05, strategy},
                               compiled::testing::options());
    };
    const compiled::CompiledPlan made = plan();
    EXPECT_TRUE(rc::check([&] {
      Configurator process(deployment_of(CacheSettings::Kind::execution), plan(), "plan");
      const std::vector<Asked> execution = random_execution(chain);
      const auto expected = as_run_does(made, execution);
      std::string travelling;
      for (std::size_t i = 0; i < execution.size(); ++i) {
        Event event = event_of(made, execution[i]);
        event.cache = travelling;
        const Verdict verdict = process.decide(event, Mode::on, nullptr);
        RC_ASSERT(*verdict.chosen == expected[i]);
        travelling = *verdict.cache;
      }
    }));
  }
}

}  // namespace
}  // namespace stepconf::configurator
