#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <queue>
#include <random>

#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/optimizer/plan.h"
#include "stepconf/optimizer/stepconf_strategy.h"
#include "tests/optimizer/table_options.h"

namespace stepconf::optimizer {
namespace {

using testing::Row;
using testing::TableOptions;
using workflow::Graph;
using workflow::StepId;

constexpr double kSlack = 1e-6;

// A workflow of any shape, several entries, exits and parts included, with tables that have no
// ties.
struct Case {
  Graph graph;
  std::vector<std::vector<Row>> tables;
};

Case random_case(int fewest, int most, int rows, std::mt19937& random) {
  const auto uniform = [&](double low, double high) {
    return std::uniform_real_distribution(low, high)(random);
  };
  const int size = std::uniform_int_distribution(fewest, most)(random);
  std::vector<StepId> order(size);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), random);
  Case result{Graph(size), {}};
  const double density = uniform(0.5, 3.0) / size;
  for (int i = 0; i < size; ++i) {
    for (int j = i + 1; j < size; ++j) {
      if (uniform(0, 1) < density) result.graph.add_edge(order[i], order[j]);
    }
    std::vector<Row>& table = result.tables.emplace_back();
    const double work = uniform(0.5, 20);
    const int count = std::uniform_int_distribution(1, rows)(random);
    for (int row = 0; row < count; ++row) {
      const double speed = uniform(1, 10);
      table.push_back({work / speed, work * std::pow(speed, uniform(-0.2, 1.0))});
    }
  }
  return result;
}

struct Asked {
  Decision decision;
  Seconds start;
};

// Plays a workflow in the order of time with durations made up from the decisions.
std::vector<Asked> play(const workflow::Workflow& workflow, Strategy& strategy,
                        const std::function<Seconds(const Decision&)>& duration) {
  std::vector<Asked> asked(workflow.steps.size());
  std::vector<std::size_t> ended(workflow.steps.size(), 0);
  using Ready = std::pair<Seconds, StepId>;
  std::priority_queue<Ready, std::vector<Ready>, std::greater<>> ready;
  for (StepId s = 0; s < workflow.graph.size(); ++s) {
    if (workflow.graph.predecessors[s].empty()) ready.emplace(Seconds(0), s);
  }
  while (!ready.empty()) {
    const auto [now, s] = ready.top();
    ready.pop();
    asked[s] = {strategy.decide({s, workflow.steps[s].jobs, now}), now};
    const Seconds end = now + duration(asked[s].decision);
    for (const StepId next : workflow.graph.successors[s]) {
      asked[next].start = std::max(asked[next].start, end);
      if (++ended[next] == workflow.graph.predecessors[next].size()) {
        ready.emplace(asked[next].start, next);
      }
    }
  }
  return asked;
}

// Runs a property on many random cases, with an SLO of 1 to 3 times the fastest duration.
void for_cases(int fewest, int most, int rows,
               const std::function<void(const Case&, const workflow::Workflow&, Frontiers&,
                                        double slo, std::mt19937&)>& property) {
  EXPECT_TRUE(rc::check([&] {
    std::mt19937 random(*rc::gen::arbitrary<unsigned>());
    const Case c = random_case(fewest, most, rows, random);
    const workflow::Workflow workflow = testing::workflow_of(c.graph);
    const TableOptions options(workflow, c.tables);
    Frontiers frontiers(workflow, options);
    const double slo = fastest_duration(workflow, options).count() *
                       std::uniform_real_distribution(1.0, 3.0)(random);
    property(c, workflow, frontiers, slo, random);
  }));
}

TEST(StepConfProperty, MeetsTheSloWheneverEveryStepFindsAnOptionWithinItsSubSlo) {
  int met = 0;
  for_cases(4, 24, 12,
            [&](const Case&, const workflow::Workflow& workflow, Frontiers& frontiers, double slo,
                std::mt19937&) {
              cache::InMemoryCache cache;
              StepConfStrategy strategy(frontiers, Seconds(slo), cache);
              const auto asked = play(workflow, strategy,
                                      [](const Decision& decision) { return *decision.duration; });
              bool all_within = true;
              double end = 0;
              for (const Asked& a : asked) {
                RC_ASSERT(a.decision.configuration.memory.value >= 128);
                all_within = all_within && *a.decision.duration <= *a.decision.sub_slo + kRounding;
                end = std::max(end, (a.start + *a.decision.duration).count());
              }
              if (!all_within) return;
              ++met;
              RC_ASSERT(end <= slo + kSlack);
            });
  EXPECT_GT(met, 10);
}

// Eq. (9) for decisions made one after another: the sub-SLOs of any path add up to at most the SLO
// if each step takes all of its own.
TEST(StepConfProperty, SharesOutNoMoreThanTheSloOnAnyPath) {
  for_cases(4, 24, 6,
            [](const Case&, const workflow::Workflow& workflow, Frontiers& frontiers, double slo,
               std::mt19937&) {
              cache::InMemoryCache cache;
              StepConfStrategy strategy(frontiers, Seconds(slo), cache);
              const auto asked = play(workflow, strategy,
                                      [](const Decision& decision) { return *decision.sub_slo; });
              for (const Asked& a : asked) {
                RC_ASSERT(a.start.count() + a.decision.sub_slo->count() <= slo + kSlack);
              }
            });
}

TEST(StepConfProperty, DecidesTheSameWhateverTheOrderInWhichStepsAreListed) {
  for_cases(4, 24, 8,
            [](const Case& c, const workflow::Workflow& workflow, Frontiers& frontiers, double slo,
               std::mt19937& random) {
              const int size = workflow.graph.size();
              std::vector<StepId> moved(size);
              std::iota(moved.begin(), moved.end(), 0);
              std::shuffle(moved.begin(), moved.end(), random);
              workflow::Workflow other = testing::workflow_of(Graph(size));
              std::vector<std::vector<Row>> tables(size);
              for (StepId s = 0; s < size; ++s) {
                tables[moved[s]] = c.tables[s];
                for (const StepId next : c.graph.successors[s])
                  other.graph.add_edge(moved[s], moved[next]);
              }
              const TableOptions other_options(other, tables);
              Frontiers other_frontiers(other, other_options);
              cache::InMemoryCache cache, other_cache;
              StepConfStrategy strategy(frontiers, Seconds(slo), cache);
              StepConfStrategy other_strategy(other_frontiers, Seconds(slo), other_cache);
              const Plan plan = follow(strategy, frontiers, Seconds(slo));
              const Plan other_plan = follow(other_strategy, other_frontiers, Seconds(slo));
              for (StepId s = 0; s < size; ++s) {
                RC_ASSERT(plan.steps[s].configuration == other_plan.steps[moved[s]].configuration);
              }
            });
}

TEST(StepConfProperty, AnswersARetryWithNoMoreTimeThanBefore) {
  for_cases(4, 24, 6,
            [](const Case&, const workflow::Workflow& workflow, Frontiers& frontiers, double slo,
               std::mt19937& random) {
              cache::InMemoryCache cache;
              StepConfStrategy strategy(frontiers, Seconds(slo), cache);
              const auto again = [&](StepId s, Seconds now) {
                const Decision first = strategy.decide({s, workflow.steps[s].jobs, now});
                const Decision second =
                    strategy.decide({s, workflow.steps[s].jobs, now + *first.duration});
                RC_ASSERT(*second.sub_slo <= *first.sub_slo + kRounding);
                return now + *first.duration + *second.duration;
              };
              // Any order that keeps predecessors first is one that a run may have.
              std::vector<Seconds> start(workflow.steps.size());
              for (const StepId s : workflow::topological_order(workflow.graph)) {
                const double late = std::uniform_real_distribution(0.0, 1.0)(random);
                const Seconds end = again(s, start[s] + Seconds(late));
                for (const StepId next : workflow.graph.successors[s]) {
                  start[next] = std::max(start[next], end);
                }
              }
            });
}

// The cheapest way to meet the SLO, by trying everything; absent where nothing meets it.
std::optional<double> cheapest_by_force(const workflow::Workflow& workflow, Frontiers& frontiers,
                                        double slo) {
  const std::vector<StepId> order = workflow::topological_order(workflow.graph);
  std::optional<double> best;
  std::vector<double> end(order.size());
  const std::function<void(std::size_t, double)> choose = [&](std::size_t place, double cost) {
    if (best && cost >= *best) return;
    if (place == order.size()) {
      best = cost;
      return;
    }
    double start = 0;
    for (const StepId before : workflow.graph.predecessors[order[place]]) {
      start = std::max(start, end[before]);
    }
    for (const estimator::Option& option : frontiers.expected(order[place]).options) {
      end[order[place]] = start + option.duration.count();
      if (end[order[place]] <= slo) choose(place + 1, cost + option.cost.value);
    }
  };
  choose(0, 0);
  return best;
}

TEST(StepConfProperty, IsFeasibleExactlyWhereSomethingIsAndNeverCheaperThanTheBest) {
  for_cases(2, 6, 4,
            [](const Case&, const workflow::Workflow& workflow, Frontiers& frontiers,
               double loose_slo, std::mt19937& random) {
              // Down to below what can be met.
              const double slo = loose_slo * std::uniform_real_distribution(0.5, 1.0)(random);
              cache::InMemoryCache cache;
              const Plan planned = plan("stepconf", {frontiers, Seconds(slo)}, cache);
              const std::optional<double> best =
                  cheapest_by_force(workflow, frontiers, slo + kSlack);
              if (!best) RC_ASSERT(!planned.feasible);
              if (!planned.feasible) {
                RC_ASSERT(!cheapest_by_force(workflow, frontiers, slo));
              } else {
                RC_ASSERT(planned.cost.value >= *best - kSlack);
              }
            });
}

}  // namespace
}  // namespace stepconf::optimizer
