// How long a whole plan takes from fitted models on: forecasts of 192 configurations a step,
// pruning, and all decisions of Algorithm 2.
#include <benchmark/benchmark.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "bench/block_workflow.h"
#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/compiled/compiled_options.h"
#include "stepconf/compiled/prepared_policy.h"
#include "stepconf/estimator/fit.h"
#include "stepconf/estimator/model_options.h"
#include "stepconf/estimator/model_scatter.h"
#include "stepconf/optimizer/plan.h"

namespace stepconf::optimizer {
namespace {

using estimator::FittedFunction;
using estimator::Sample;
using workflow::StepId;

constexpr int kSteps = 16;

// No power of two: the last instance has fewer jobs than the others.
workflow::Workflow blocks() { return bench::block_workflow(kSteps, 250); }

// Samples as profiling leaves them: 24 loads, 40 runs of each, a memory curve with steps that no
// form has, tails, and mapping delays that bend at 12 instances.
std::vector<Sample> drawn_samples(unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  std::vector<Sample> samples;
  const double work = 0.4 * std::exp(0.5 * normal(random));
  const int instances[] = {1, 8, 16, 32};
  int load = 0;
  for (const int memory : {512, 1024, 1536, 2048, 4096, 10240}) {
    const double step = std::exp(0.1 * normal(random));
    for (const int processes : {1, 2, 4, 8}) {
      const int jobs = 2 << (load % 3);
      const int beside = instances[load++ % 4];
      const double share = std::min(memory / 1769.0 / processes, 1.0);
      const double mean = step * (0.3 + work * jobs / processes / share);
      for (int run = 0; run < 40; ++run) {
        Sample sample;
        sample.function = "f";
        sample.memory = MemoryMb{memory};
        sample.processes = processes;
        sample.jobs = jobs;
        sample.instances = beside;
        const double tail = run % 20 == 0 ? 1.3 : 1;
        sample.duration_ms = 1000 * mean * tail * std::exp(0.05 * normal(random));
        const int place = 1 + run % beside;
        sample.dispatch_ms = 60 + 4 * place + 20 * std::max(0, place - 12);
        sample.max_memory_mb = 150 + 60 * processes;
        samples.push_back(sample);
      }
    }
  }
  return samples;
}

estimator::Models fitted(const std::string& form) {
  std::vector<FittedFunction> functions;
  for (unsigned seed = 1; seed <= 4; ++seed) {
    const estimator::Models fit = estimator::fit(drawn_samples(seed), {form});
    functions.push_back(std::get<FittedFunction>(fit.at("f")));
  }
  estimator::Models models;
  for (int s = 0; s < kSteps; ++s)
    models.functions.emplace("step" + std::to_string(s), functions[s % functions.size()]);
  return models;
}

void plan_from(benchmark::State& state, estimator::Models models) {
  const workflow::Workflow workflow = blocks();
  const estimator::ModelOptions options(std::move(models), pricing::price_sheet());
  const Seconds slo = 2 * fastest_duration(workflow, options);
  for (auto _ : state) {
    Frontiers frontiers(workflow, options);
    cache::InMemoryCache cache;
    benchmark::DoNotOptimize(plan("stepconf", {frontiers, slo}, cache));
  }
  state.counters["options"] =
      static_cast<double>(options.options(workflow.steps[0], workflow.steps[0].jobs).size());
}

// The dearest models there are: a form corrected by kriging, measured tails, a bent mapping delay.
void BM_PlanFromFittedModels(benchmark::State& state) { plan_from(state, fitted("interpolated")); }
BENCHMARK(BM_PlanFromFittedModels)->Unit(benchmark::kMicrosecond);

// The same samples fitted by a form alone.
void BM_PlanFromPlainModels(benchmark::State& state) { plan_from(state, fitted("additive")); }
BENCHMARK(BM_PlanFromPlainModels)->Unit(benchmark::kMicrosecond);

// Reading the models file of 16 functions, as every start does.
void BM_ReadModels(benchmark::State& state) {
  const std::string text = estimator::to_string(fitted("interpolated"));
  for (auto _ : state) benchmark::DoNotOptimize(estimator::parse_models(text, "models.json"));
  state.counters["bytes"] = static_cast<double>(text.size());
}
BENCHMARK(BM_ReadModels)->Unit(benchmark::kMicrosecond);

compiled::CompiledPlan compiled_plan() {
  return compiled::compile("bench", blocks(), {Seconds(60), "", 0.95, 0, "stepconf"},
                           {fitted("interpolated"), pricing::price_sheet()});
}

// Preparing the options of 16 functions for a grid of job numbers up to 8 x 250.
void BM_CompilePlan(benchmark::State& state) {
  const estimator::ModelOptions options(fitted("interpolated"), pricing::price_sheet());
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        compiled::compile("bench", blocks(), {Seconds(60), "", 0.95, 0, "stepconf"}, options));
  }
}
BENCHMARK(BM_CompilePlan)->Unit(benchmark::kMicrosecond);

// Reading a plan file: hash, models, prepared options.
void BM_LoadPlan(benchmark::State& state) {
  const std::string bytes = compiled::to_bytes(compiled_plan());
  for (auto _ : state) benchmark::DoNotOptimize(compiled::plan_from_bytes(bytes, "p.plan"));
  state.counters["bytes"] = static_cast<double>(bytes.size());
}
BENCHMARK(BM_LoadPlan)->Unit(benchmark::kMicrosecond);

compiled::CompiledPlan percentile_plan() {
  compiled::CompiledPlan plan = compiled_plan();
  plan.goal.strategy = "percentile";
  plan.goal.slo = 2 * fastest_duration(plan.workflow, *plan.options);
  compiled::prepare_policy(plan);
  return plan;
}

// Reading a plan file with the tables of percentile.
void BM_LoadPercentilePlan(benchmark::State& state) {
  const std::string bytes = compiled::to_bytes(percentile_plan());
  for (auto _ : state) benchmark::DoNotOptimize(compiled::plan_from_bytes(bytes, "p.plan"));
  state.counters["bytes"] = static_cast<double>(bytes.size());
}
BENCHMARK(BM_LoadPercentilePlan)->Unit(benchmark::kMicrosecond);

// Making the policy of a loaded plan: 1 from the tables in it, 0 by solving anew.
void BM_PercentileFromCompiled(benchmark::State& state) {
  const compiled::CompiledPlan loaded = percentile_plan();
  const compiled::CompiledOptions options(loaded);
  const estimator::ModelScatter scatter(*loaded.options);
  for (auto _ : state) {
    Frontiers frontiers(loaded.workflow, options);
    StrategyInputs inputs{.frontiers = frontiers, .slo = *loaded.goal.slo, .scatter = &scatter};
    if (state.range(0) == 1) inputs.prepared = loaded.policies.at("percentile");
    benchmark::DoNotOptimize(prepare("percentile", inputs));
  }
  state.counters["bytes"] = static_cast<double>(loaded.policies.at("percentile").size());
}
BENCHMARK(BM_PercentileFromCompiled)->Arg(1)->Arg(0)->Unit(benchmark::kMillisecond);

// A whole plan from a loaded file on: options are looked up.
void BM_PlanFromCompiled(benchmark::State& state) {
  const compiled::CompiledPlan loaded = compiled_plan();
  const compiled::CompiledOptions options(loaded);
  for (auto _ : state) {
    Frontiers frontiers(loaded.workflow, options);
    cache::InMemoryCache cache;
    benchmark::DoNotOptimize(plan("stepconf", {frontiers, *loaded.goal.slo}, cache));
  }
}
BENCHMARK(BM_PlanFromCompiled)->Unit(benchmark::kMicrosecond);

// What of it are the forecasts: 192 configurations of each of 16 steps, without pruning.
void BM_Options(benchmark::State& state) {
  const workflow::Workflow workflow = blocks();
  const estimator::ModelOptions options(fitted("interpolated"), pricing::price_sheet());
  for (auto _ : state) {
    for (const workflow::Step& step : workflow.steps)
      benchmark::DoNotOptimize(options.options(step, step.jobs));
  }
}
BENCHMARK(BM_Options)->Unit(benchmark::kMicrosecond);

// One configuration after the other, as `predict` asks.
void BM_SingleForecasts(benchmark::State& state) {
  const workflow::Workflow workflow = blocks();
  const estimator::ModelOptions options(fitted("interpolated"), pricing::price_sheet());
  const std::vector<estimator::Option> all =
      options.options(workflow.steps[0], workflow.steps[0].jobs);
  for (auto _ : state) {
    for (const workflow::Step& step : workflow.steps) {
      for (const estimator::Option& option : all)
        benchmark::DoNotOptimize(options.evaluate(step, step.jobs, option.configuration));
    }
  }
}
BENCHMARK(BM_SingleForecasts)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace stepconf::optimizer

BENCHMARK_MAIN();
