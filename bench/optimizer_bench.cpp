// How long Algorithm 2 takes for one decision, and how that grows; and a whole plan with pruning.
#include <benchmark/benchmark.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "bench/block_workflow.h"
#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/optimizer/plan.h"
#include "stepconf/optimizer/stepconf_strategy.h"

namespace stepconf::optimizer {
namespace {

using estimator::Option;
using workflow::StepId;

workflow::Workflow blocks(int size) { return bench::block_workflow(size, 64); }

// 192 configurations a step with durations and costs of plausible shape, drawn from a fixed seed.
class DrawnOptions final : public estimator::OptionSource {
 public:
  explicit DrawnOptions(int size) {
    std::mt19937 random(1);
    std::lognormal_distribution<double> spread(0.0, 0.3);
    for (int s = 0; s < size; ++s) {
      std::vector<Option>& table = tables_.emplace_back();
      const double work = 60 * spread(random);
      for (const int memory : {512, 1024, 1536, 2048, 4096, 6144, 8192, 10240}) {
        for (const int instances : {1, 2, 4, 8, 16, 32}) {
          for (const int processes : {1, 2, 4, 8}) {
            const double speed = std::pow(std::min(memory / 1769.0, 1.0 * processes), 0.9);
            const double seconds = 0.2 + work / instances / speed * spread(random);
            table.push_back({{MemoryMb{memory}, instances, processes},
                             Seconds(seconds),
                             Usd{instances * (seconds * memory / 1024 * 1.6667e-5 + 2e-7)}});
          }
        }
      }
    }
  }

  std::vector<Option> options(const workflow::Step& step, int) const override {
    return tables_[std::stoi(step.name.substr(4))];
  }
  estimator::Evaluation evaluate(const workflow::Step&, int,
                                 const estimator::Configuration&) const override {
    return {};
  }

 private:
  std::vector<std::vector<Option>> tables_;
};

// The first decision of an execution, the dearest one: the whole workflow is divided and stored.
void BM_FirstDecision(benchmark::State& state) {
  const int size = static_cast<int>(state.range(0));
  const workflow::Workflow workflow = blocks(size);
  const DrawnOptions options(size);
  Frontiers frontiers(workflow, options);
  cache::InMemoryCache cache;
  const Seconds slo = 2 * fastest_plan(frontiers, Seconds(0)).duration;
  StepConfStrategy strategy(frontiers, slo, cache);
  for (auto _ : state) benchmark::DoNotOptimize(strategy.decide({0, 64, Seconds(0)}));
  state.SetComplexityN(size);
}
BENCHMARK(BM_FirstDecision)->Arg(16)->Arg(100)->Arg(1000)->Arg(10000)->Complexity(benchmark::oN);

// All decisions of one execution, its strategy and cache made anew; frontiers are there already.
void BM_AllDecisions(benchmark::State& state) {
  const int size = static_cast<int>(state.range(0));
  const workflow::Workflow workflow = blocks(size);
  const DrawnOptions options(size);
  Frontiers frontiers(workflow, options);
  const Seconds slo = 2 * fastest_plan(frontiers, Seconds(0)).duration;
  for (auto _ : state) {
    cache::InMemoryCache cache;
    benchmark::DoNotOptimize(plan("stepconf", {frontiers, slo}, cache));
  }
  state.SetItemsProcessed(state.iterations() * size);
}
BENCHMARK(BM_AllDecisions)->Arg(16)->Arg(100)->Arg(1000);

// A whole plan from the option tables on: pruning 192 configurations a step, then all decisions.
void BM_PlanWithPruning(benchmark::State& state) {
  const int size = static_cast<int>(state.range(0));
  const workflow::Workflow workflow = blocks(size);
  const DrawnOptions options(size);
  const Seconds slo = 2 * fastest_duration(workflow, options);
  for (auto _ : state) {
    Frontiers frontiers(workflow, options);
    cache::InMemoryCache cache;
    benchmark::DoNotOptimize(plan("stepconf", {frontiers, slo}, cache));
  }
}
BENCHMARK(BM_PlanWithPruning)->Arg(16)->Arg(100);

}  // namespace
}  // namespace stepconf::optimizer

BENCHMARK_MAIN();
