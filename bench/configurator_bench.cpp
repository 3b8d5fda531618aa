// What a decision and a start cost a configurator, without its network: 16 steps in four blocks
// with a branch beside, 192 configurations each, 250 jobs.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <map>
#include <string>

#include "bench/block_workflow.h"
#include "stepconf/compiled/prepared_policy.h"
#include "stepconf/configurator/configurator.h"
#include "stepconf/configurator/log_line.h"

namespace stepconf::configurator {
namespace {

constexpr int kSteps = 16;
const std::string kExecution = "arn:aws:states:us-east-1:123456789012:execution:blocks:1";

compiled::CompiledPlan plan(const std::string& strategy) {
  estimator::Models models;
  for (int s = 0; s < kSteps; ++s) {
    estimator::FittedFunction function{estimator::DurationModel(
        *estimator::find_duration_form("case2"), {0.3 + 0.05 * s, 0, 0.01})};
    function.dispatch.base_s = 0.15;
    function.dispatch.slope_s = 0.01;
    function.spread = function.residual = estimator::Spread({.cv = 0.1, .freedom = 20});
    models.functions.emplace(fmt::format("step{}", s), std::move(function));
  }
  compiled::CompiledPlan result = compiled::compile("bench", bench::block_workflow(kSteps, 250),
                                                    {Seconds(200), "", 0.95, 0, strategy},
                                                    {std::move(models), pricing::price_sheet()});
  compiled::prepare_policy(result);
  return result;
}

Deployment deployment(CacheSettings::Kind cache) {
  Deployment result{.name = "blocks"};
  for (int s = 0; s < kSteps; ++s) {
    DeployedStep step{.functions = {}, .safe = {{1024}, 4, 1}};
    for (const int memory : estimator::ConfigurationSpace{}.memory_mb)
      step.functions[{memory}] = fmt::format("arn:step{}:mem-{}", s, memory);
    result.steps.emplace(fmt::format("step{}", s), std::move(step));
  }
  result.cache.kind = cache;
  return result;
}

Json event(int step, std::int64_t millisecond) {
  return {{"step", fmt::format("step{}", step)},
          {"execution", kExecution},
          {"started", "2026-11-25T17:33:00.000Z"},
          {"entered", fmt::format("2026-11-25T17:33:{:02}.{:03}Z", 10 + millisecond / 1000 % 40,
                                  millisecond % 1000)},
          {"jobs", 250}};
}

// All that a handler does with an event, but the Runtime API.
std::size_t handle(Configurator& configurator, const Json& event) {
  const Verdict verdict = configurator.decide(parse_event(event), Mode::on, nullptr);
  if (!verdict.why_safe.empty()) throw Error(verdict.why_safe);
  return answer(verdict).dump().size() +
         log_line(verdict, "blocks", 1'764'092'000'000, Seconds(0.001)).size();
}

void without_a_cache(benchmark::State& state, const std::string& strategy) {
  Configurator configurator(deployment(CacheSettings::Kind::none), plan(strategy), "plan");
  configurator.warm_up();
  std::int64_t millisecond = 0;
  for (auto _ : state) {
    ++millisecond;
    benchmark::DoNotOptimize(
        handle(configurator, event(static_cast<int>(millisecond % kSteps), millisecond)));
  }
}

// The last step of an execution whose state has 15 decisions.
void with_the_state(benchmark::State& state, const std::string& strategy) {
  Configurator configurator(deployment(CacheSettings::Kind::execution), plan(strategy), "plan");
  std::string cache;
  for (int step = 0; step < kSteps - 1; ++step) {
    Event asked = parse_event(event(step, step * 1000));
    asked.cache = cache;
    cache = *configurator.decide(std::move(asked), Mode::on, nullptr).cache;
  }
  std::int64_t millisecond = 15'000;
  for (auto _ : state) {
    Json last = event(kSteps - 1, ++millisecond);
    last["cache"] = cache;
    benchmark::DoNotOptimize(handle(configurator, last));
  }
  state.counters["state_bytes"] = static_cast<double>(cache.size());
}

void start(benchmark::State& state, const std::string& strategy) {
  const std::string bytes = compiled::to_bytes(plan(strategy));
  for (auto _ : state) {
    Configurator configurator(deployment(CacheSettings::Kind::none),
                              compiled::plan_from_bytes(bytes, "plan"), "plan");
    configurator.warm_up();
    benchmark::DoNotOptimize(configurator);
  }
  state.counters["plan_bytes"] = static_cast<double>(bytes.size());
}

}  // namespace
}  // namespace stepconf::configurator

int main(int argc, char** argv) {
  using namespace stepconf::configurator;
  for (const std::string strategy : {"stepconf", "exact", "percentile", "optimal"}) {
    const auto add = [&](const char* name, auto* function) {
      benchmark::RegisterBenchmark((name + strategy).c_str(), [=](benchmark::State& state) {
        function(state, strategy);
      })->Unit(benchmark::kMicrosecond);
    };
    add("without_a_cache/", without_a_cache);
    add("with_the_state/", with_the_state);
    add("start/", start);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
