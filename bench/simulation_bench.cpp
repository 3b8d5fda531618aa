// How many runs of a workflow of 16 steps a second can be simulated, by strategy; and how long the
// quantiles of all configurations take.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "stepconf/optimizer/plan.h"
#include "stepconf/simulation/simulate.h"

namespace stepconf::simulation {
namespace {

// A step, four branches of three steps, a step, twice a step more; fitted functions that scatter.
workflow::Workflow sixteen() {
  workflow::Workflow workflow;
  workflow.graph = workflow::Graph(16);
  for (int i = 0; i < 16; ++i) {
    workflow::Step step;
    step.name = "s" + std::to_string(i);
    step.function = "f" + std::to_string(i % 4);
    step.jobs = 32;
    step.is_map = true;
    workflow.steps.push_back(step);
  }
  for (int branch = 0; branch < 4; ++branch) {
    const int first = 1 + 3 * branch;
    workflow.graph.add_edge(0, first);
    workflow.graph.add_edge(first, first + 1);
    workflow.graph.add_edge(first + 1, first + 2);
    workflow.graph.add_edge(first + 2, 13);
  }
  workflow.graph.add_edge(13, 14);
  workflow.graph.add_edge(14, 15);
  return workflow;
}

estimator::Models functions() {
  estimator::Models models;
  for (int i = 0; i < 4; ++i) {
    estimator::FittedFunction function{
        estimator::DurationModel(*estimator::find_duration_form("case2"), {0.5 + 0.3 * i, 0, 0.1})};
    function.dispatch = {.base_s = 0.1, .slope_s = 0.003, .cv = 0.1};
    function.spread = function.residual = estimator::Spread({.cv = 0.12});
    models.functions.emplace("f" + std::to_string(i), function);
  }
  return models;
}

struct Fixture {
  workflow::Workflow workflow = sixteen();
  estimator::ModelOptions options{functions(), pricing::price_sheet()};
  estimator::ModelScatter scatter{options};
  optimizer::Frontiers frontiers{workflow, options};
  optimizer::StrategyInputs inputs{.frontiers = frontiers,
                                   .slo = 2 * optimizer::fastest_duration(workflow, options),
                                   .scatter = &scatter};
  Truth truth{workflow, options, scatter};
};

void BM_Runs(benchmark::State& state, const std::string& strategy, int runs) {
  Fixture fixture;
  Setting setting{
      .truth = fixture.truth, .believed = fixture.inputs, .believed_charged = fixture.inputs};
  setting.runs = runs;
  for (auto _ : state) benchmark::DoNotOptimize(simulate(strategy, setting));
  state.SetItemsProcessed(state.iterations() * runs);
}
BENCHMARK_CAPTURE(BM_Runs, fastest, "fastest", 10'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Runs, optimal, "optimal", 10'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Runs, stepconf, "stepconf", 10'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Runs, exact, "exact", 100)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Runs, clairvoyant, "clairvoyant", 100)->Unit(benchmark::kMillisecond);

// Ten quantiles of every configuration of every step; with cold starts the mixture is inverted.
void BM_Quantiles(benchmark::State& state) {
  Fixture fixture;
  estimator::Noise noise;
  if (state.range(0) == 1) noise.cold = {0.05, Seconds(0.3), Seconds(1.5)};
  const estimator::ModelScatter scatter(fixture.options, noise);
  const double probabilities[] = {.05, .2, .4, .6, .77, .88, .94, .97, .986, .996};
  double seconds[10];
  for (auto _ : state) {
    for (const workflow::Step& step : fixture.workflow.steps) {
      for (const estimator::Option& option : fixture.options.options(step, step.jobs)) {
        scatter.quantiles(step, step.jobs, option, probabilities, seconds);
        benchmark::DoNotOptimize(seconds);
      }
    }
  }
}
BENCHMARK(BM_Quantiles)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace stepconf::simulation

BENCHMARK_MAIN();
