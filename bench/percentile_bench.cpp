// What the percentile policy costs: one solve, the search of the price, a look-up, a fork, and the
// decision that a strategy makes of them.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "bench/percentile/random_tree.h"
#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/optimizer/percentile_policy.h"
#include "stepconf/percentile/price.h"

namespace stepconf::percentile {
namespace {

using Tree = workflow::SeriesParallelTree;
using Kind = Tree::Kind;

// `steps` steps of 20 alternatives each, which is what 192 configurations leave.
Problem random_problem(int steps) {
  std::mt19937_64 random(4);
  std::uniform_real_distribution<double> uniform(0, 1);
  int next = 0;
  Problem problem{random_tree(random, steps, next, true), {}, 1};
  for (int step = 0; step < steps; ++step) {
    auto& alternatives = problem.alternatives.emplace_back();
    const double work = std::exp(1 + 2 * uniform(random)), heavy = uniform(random);
    for (int i = 0; i < 20; ++i) {
      const double speed = std::pow(0.8, i);
      Alternative alternative{.usd = 1 + std::pow(speed, 1.5) * work};
      for (int part = 0; part < kParts; ++part) {
        const double u = part_probabilities()[part];
        alternative.parts[part] =
            static_cast<float>(work / speed / 5 * (0.95 + 0.1 * u - 0.1 * heavy * std::log1p(-u)));
      }
      alternatives.push_back(alternative);
    }
  }
  problem.slo = 2 * lay_out(problem).chains[0].fastest_seconds;
  return problem;
}

void BM_Solve(benchmark::State& state) {
  const Problem problem = random_problem(static_cast<int>(state.range(0)));
  const Chains chains = lay_out(problem);
  const double miss = 10 * chains.chains[0].cheapest_usd;
  for (auto _ : state) benchmark::DoNotOptimize(Tables(problem, chains, miss, {}));
  const Tables tables(problem, chains, miss, {});
  state.counters["table_bytes"] = static_cast<double>(tables.bytes());
  state.counters["decision_bytes"] = static_cast<double>(tables.bytes_for_decisions());
}
BENCHMARK(BM_Solve)->Arg(4)->Arg(16)->Arg(64)->Unit(benchmark::kMillisecond);

void BM_PriceSearch(benchmark::State& state) {
  const Problem problem = random_problem(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    Pricing pricing(problem);
    benchmark::DoNotOptimize(pricing.attain(0.95));
  }
}
BENCHMARK(BM_PriceSearch)->Arg(4)->Arg(16)->Unit(benchmark::kMillisecond);

// Where in the tables, and with how much time: drawn beforehand, so that the branch predictor and
// the caches learn nothing.
struct Questions {
  Problem problem = random_problem(16);
  Chains chains = lay_out(problem);
  Tables tables{problem, chains, 10 * chains.chains[0].cheapest_usd, {}};
  struct Question {
    int chain, element;
    double left;
  };
  std::vector<Question> steps, forks;

  Questions() {
    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> left(0, problem.slo);
    while (steps.size() < 4096 || forks.size() < 4096) {
      const int chain = static_cast<int>(random() % chains.chains.size());
      const auto& elements = chains.chains[chain].elements;
      const int element = static_cast<int>(random() % elements.size());
      auto& to = elements[element].kind == Kind::kStep ? steps : forks;
      if (to.size() < 4096) to.push_back({chain, element, left(random)});
    }
  }
};

void BM_LookUp(benchmark::State& state) {
  const Questions questions;
  std::size_t next = 0;
  for (auto _ : state) {
    const auto& [chain, element, left] = questions.steps[next++ % 4096];
    benchmark::DoNotOptimize(questions.tables.alternative(chain, element, 0, left));
  }
}
BENCHMARK(BM_LookUp);

void BM_Fork(benchmark::State& state) {
  const Questions questions;
  std::size_t next = 0;
  for (auto _ : state) {
    const auto& [chain, element, left] = questions.forks[next++ % 4096];
    benchmark::DoNotOptimize(questions.tables.fork(chain, element, {left, 0}, left));
  }
}
BENCHMARK(BM_Fork);

// The same problem as a workflow, for the strategy's own decisions.
class Known final : public estimator::OptionSource, public estimator::ScatterSource {
 public:
  explicit Known(const Problem& problem) : problem_(problem) {}

  std::vector<estimator::Option> options(const workflow::Step& step, int) const override {
    std::vector<estimator::Option> options;
    int memory = 0;
    for (const Alternative& a : problem_.alternatives[std::stoi(step.name)]) {
      options.push_back({{MemoryMb{++memory}, 1, 1}, Seconds(a.mean_seconds()), Usd{a.usd}});
    }
    return options;
  }
  estimator::Evaluation evaluate(const workflow::Step&, int,
                                 const estimator::Configuration&) const override {
    return {};
  }
  void quantiles(const workflow::Step& step, int, const estimator::Option& option,
                 std::span<const double>, std::span<double> seconds) const override {
    const auto& parts =
        problem_.alternatives[std::stoi(step.name)][option.configuration.memory.value - 1].parts;
    std::copy(parts.begin(), parts.end(), seconds.begin());
  }
  estimator::StepOutcome mean(const workflow::Step&, int,
                              const estimator::Option& option) const override {
    return {option.duration, option.cost};
  }
  estimator::StepOutcome draw(const workflow::Step&, int, const estimator::Option& option,
                              const estimator::Draws&) const override {
    return {option.duration, option.cost};
  }

 private:
  const Problem& problem_;
};

// Gives the last steps of `tree`, after edges from `before` to its first ones.
std::vector<workflow::StepId> connect(const Tree& tree, std::vector<workflow::StepId> before,
                                      workflow::Graph& graph) {
  if (tree.kind == Kind::kStep) {
    for (const workflow::StepId step : before) graph.add_edge(step, tree.step);
    return {tree.step};
  }
  std::vector<workflow::StepId> last;
  for (const Tree& part : tree.parts) {
    const auto ends = connect(part, before, graph);
    if (tree.kind == Kind::kSeries) {
      before = last = ends;
    } else {
      last.insert(last.end(), ends.begin(), ends.end());
    }
  }
  return last;
}

// A whole execution of 16 steps: forks, look-ups, chances for the explanation.
void BM_Decide(benchmark::State& state) {
  const Problem problem = random_problem(16);
  workflow::Workflow workflow;
  workflow.graph = workflow::Graph(16);
  for (int step = 0; step < 16; ++step) {
    workflow.steps.emplace_back();
    workflow.steps.back().name = std::to_string(step);
    workflow.steps.back().function = workflow.steps.back().name;
  }
  connect(problem.tree, {}, workflow.graph);
  const Known known(problem);
  optimizer::Frontiers frontiers(workflow, known);
  optimizer::PercentilePolicy policy(
      {.frontiers = frontiers, .slo = Seconds(problem.slo), .scatter = &known});
  const auto order = workflow::topological_order(workflow.graph);
  for (auto _ : state) {
    cache::InMemoryCache cache;
    const auto strategy = policy.begin(cache);
    double now = 0;
    for (const workflow::StepId step : order) {
      benchmark::DoNotOptimize(strategy->decide({step, 1, Seconds(now)}));
      now += problem.slo / 32;
    }
  }
  state.SetItemsProcessed(state.iterations() * 16);
}
BENCHMARK(BM_Decide);

}  // namespace
}  // namespace stepconf::percentile

BENCHMARK_MAIN();
