// How long the exact solvers take on series-parallel workflows with 192 configurations a step, and
// how that grows; and one decision of the strategy `exact`.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "bench/random_problem.h"
#include "bench/table_workflow.h"
#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/optimizer/plan.h"
#include "stepconf/solver/problem.h"
#include "tests/workflow/random_series_parallel.h"

namespace stepconf::bench {
namespace {

solver::Problem series_parallel(int size, std::mt19937& random) {
  solver::Problem problem{tests::random_series_parallel(size, random), {}};
  for (int step = 0; step < size; ++step) problem.options.push_back(random_options(random));
  return problem;
}

double fastest(const solver::Problem& problem) {
  return evaluate(problem, std::vector<int>(problem.options.size(), 0)).total.seconds;
}

// Arguments: steps, and the limit in percent of the fastest plan's time. All is made anew each
// time.
void solve(benchmark::State& state, double epsilon) {
  const int size = static_cast<int>(state.range(0));
  std::mt19937 random(size);
  const solver::Problem problem = series_parallel(size, random);
  const double limit = fastest(problem) * static_cast<double>(state.range(1)) / 100;
  solver::Solution solution;
  for (auto _ : state)
    solution = solver::make_solver(problem, {.epsilon = epsilon})->cheapest_within(limit);
  // Certified by the solver itself.
  state.counters["gap_percent"] = 100 * (solution.best.total.usd / solution.lower_bound - 1);
  state.counters["proved"] = solution.proved;
  state.SetComplexityN(size);
}

void BM_CheapestWithin(benchmark::State& state) { solve(state, 0); }
BENCHMARK(BM_CheapestWithin)
    ->ArgsProduct({{16, 100, 300, 1000}, {150}})
    ->Unit(benchmark::kMillisecond)
    ->Complexity();

void BM_CheapestWithinATenthOfAPercent(benchmark::State& state) { solve(state, 0.001); }
BENCHMARK(BM_CheapestWithinATenthOfAPercent)
    ->ArgsProduct({{16, 100, 300, 1000}, {150}})
    ->Unit(benchmark::kMillisecond)
    ->Complexity();

// Tight limits are the hard ones.
void BM_ThousandStepsByLimit(benchmark::State& state) { solve(state, 0.001); }
BENCHMARK(BM_ThousandStepsByLimit)
    ->ArgsProduct({{1000}, {105, 110, 120, 200, 300}})
    ->Unit(benchmark::kMillisecond);
void BM_ThousandStepsExactlyByLimit(benchmark::State& state) { solve(state, 0); }
BENCHMARK(BM_ThousandStepsExactlyByLimit)
    ->ArgsProduct({{1000}, {105, 110, 120, 200, 300}})
    ->Unit(benchmark::kMillisecond);

void BM_FastestWithin(benchmark::State& state) {
  const int size = static_cast<int>(state.range(0));
  std::mt19937 random(size);
  const solver::Problem problem = series_parallel(size, random);
  const auto solver = solver::make_solver(problem);
  const double budget = solver->cheapest_within(1.5 * fastest(problem)).best.total.usd;
  for (auto _ : state) benchmark::DoNotOptimize(solver->fastest_within(budget));
}
BENCHMARK(BM_FastestWithin)->Arg(16)->Arg(100)->Unit(benchmark::kMillisecond);

// The second argument: epsilon in millionths.
void BM_Frontier(benchmark::State& state) {
  const int size = static_cast<int>(state.range(0));
  std::mt19937 random(size);
  const solver::Problem problem = series_parallel(size, random);
  const double epsilon = static_cast<double>(state.range(1)) / 1e6;
  std::size_t points = 0;
  for (auto _ : state)
    points = solver::make_solver(problem, {.epsilon = epsilon})->frontier(0).points.size();
  state.counters["points"] = static_cast<double>(points);
}
BENCHMARK(BM_Frontier)
    ->Args({16, 0})
    ->Args({16, 1000})
    ->Args({100, 1000})
    ->Args({1000, 10000})
    ->Unit(benchmark::kMillisecond);

// Branches of four steps side by side between a first step and a last, each with its first step
// under way: the decision for the last branch. Steps: 4 * branches + 2.
workflow::Graph fan(int branches) {
  workflow::Graph graph(4 * branches + 2);
  for (int branch = 0; branch < branches; ++branch) {
    const int first = 1 + 4 * branch;
    graph.add_edge(0, first);
    for (int step = first; step < first + 3; ++step) graph.add_edge(step, step + 1);
    graph.add_edge(first + 3, 4 * branches + 1);
  }
  return graph;
}

void decide_exactly(benchmark::State& state, const workflow::Graph& graph,
                    const std::vector<int>& asked) {
  std::mt19937 random(1);
  const TableWorkflow tables(graph, random);
  optimizer::Frontiers frontiers(tables.workflow(), tables);
  const Seconds slo = 2 * optimizer::fastest_plan(frontiers, Seconds(0)).duration;
  const optimizer::StrategyInputs inputs{frontiers, slo};
  const auto policy = optimizer::prepare("exact", inputs);
  cache::InMemoryCache cache;
  const auto strategy = policy->begin(cache);
  Seconds now{0};
  for (const int step : asked) {
    const Seconds taken = *strategy->decide({step, 64, now}).duration;
    if (step == 0) now = taken;
  }
  // Asked again and again: what is known of the others stays the same.
  for (auto _ : state) benchmark::DoNotOptimize(strategy->decide({asked.back(), 64, now}));
}

void BM_ExactWithBranchesUnderWay(benchmark::State& state) {
  const int branches = static_cast<int>(state.range(0));
  std::vector<int> asked = {0};
  for (int branch = 0; branch < branches; ++branch) asked.push_back(1 + 4 * branch);
  decide_exactly(state, fan(branches), asked);
  state.SetComplexityN(branches);
}
BENCHMARK(BM_ExactWithBranchesUnderWay)
    ->Arg(2)
    ->Arg(4)
    ->Arg(8)
    ->Arg(16)
    ->Arg(25)
    ->Unit(benchmark::kMicrosecond)
    ->Complexity();

// A random series-parallel workflow, its first step asked.
void BM_ExactFirstDecision(benchmark::State& state) {
  const int size = static_cast<int>(state.range(0));
  std::mt19937 random(size);
  decide_exactly(state, tests::random_series_parallel(size, random), {0});
  state.SetComplexityN(size);
}
BENCHMARK(BM_ExactFirstDecision)
    ->Arg(16)
    ->Arg(32)
    ->Arg(64)
    ->Arg(100)
    ->Unit(benchmark::kMicrosecond)
    ->Complexity();

// All decisions of an execution in which everything comes out as predicted, by decision: branches
// are under way as the workflow has them.
void BM_ExactAllDecisions(benchmark::State& state) {
  const int size = static_cast<int>(state.range(0));
  std::mt19937 random(size);
  const TableWorkflow tables(tests::random_series_parallel(size, random), random);
  optimizer::Frontiers frontiers(tables.workflow(), tables);
  const Seconds slo = 2 * optimizer::fastest_plan(frontiers, Seconds(0)).duration;
  const auto policy = optimizer::prepare("exact", {frontiers, slo});
  for (auto _ : state) {
    cache::InMemoryCache cache;
    const auto strategy = policy->begin(cache);
    benchmark::DoNotOptimize(optimizer::follow(*strategy, frontiers, slo));
  }
  state.counters["per_decision"] =
      benchmark::Counter(static_cast<double>(size), benchmark::Counter::kIsIterationInvariantRate |
                                                        benchmark::Counter::kInvert);
}
BENCHMARK(BM_ExactAllDecisions)->Arg(16)->Arg(32)->Arg(64)->Arg(100)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace stepconf::bench

BENCHMARK_MAIN();
