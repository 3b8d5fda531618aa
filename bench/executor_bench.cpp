// The executor's own time: a workflow on a platform that answers at once, so that all the time is
// the machine's, the strategy's and the executor's.
#include <benchmark/benchmark.h>

#include <deque>

#include "stepconf/asl/execution.h"
#include "stepconf/base/json.h"
#include "stepconf/executor/executor.h"
#include "stepconf/executor/given_configurations.h"
#include "stepconf/workflow/from_asl.h"

namespace stepconf {
namespace {

// Answers every invocation at once with {"result": JOB} for each of its jobs.
class EchoPlatform final : public platform::Platform {
 public:
  Seconds now() const override { return std::chrono::steady_clock::now() - start_; }
  void start(const platform::Invocation& invocation) override {
    platform::Completion completion;
    completion.id = invocation.id;
    Json results = Json::array();
    const Json event = Json::parse(invocation.payload);
    for (const Json& job : event.at("jobs")) results.push_back({{"result", job}});
    completion.payload = results.dump();
    completions_.push_back(std::move(completion));
  }
  std::optional<platform::Completion> wait_next(Seconds) override {
    platform::Completion completion = std::move(completions_.front());
    completions_.pop_front();
    return completion;
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::deque<platform::Completion> completions_;
};

// A chain of Maps over $.items.
std::string chain(int steps) {
  Json states = Json::object();
  for (int step = 0; step < steps; ++step) {
    const std::string name = "S" + std::to_string(step);
    states[name] = Json::parse(R"({"Type": "Map", "ItemsPath": "$.items", "ResultPath": null,
      "ItemProcessor": {"StartAt": "T", "States": {"T": {"Type": "Task", "End": true,
        "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f"}}}})");
    if (step + 1 < steps) {
      states[name]["Next"] = "S" + std::to_string(step + 1);
    } else {
      states[name]["End"] = true;
    }
  }
  return Json{{"StartAt", "S0"}, {"States", states}}.dump();
}

// Arguments: steps, instances a step; two jobs an instance.
void run_chain(benchmark::State& state) {
  const int steps = static_cast<int>(state.range(0));
  const int instances = static_cast<int>(state.range(1));
  const auto machine = asl::StateMachine::parse(chain(steps), "chain");
  const workflow::Workflow workflow = workflow::from_state_machine(machine, {});
  Json items = Json::array();
  for (int job = 0; job < 2 * instances; ++job) items.push_back({{"frame", job}});
  const Json input = {{"items", items}};
  executor::Observer nobody;
  EchoPlatform platform;
  for (auto _ : state) {
    executor::GivenConfigurations strategy({workflow.steps.size(), {{1024}, instances, 1}},
                                           "given");
    asl::Execution flow(machine, input, {});
    const auto summary = executor::run(flow, workflow, strategy, platform, nobody, {});
    if (summary.status != executor::RunStatus::succeeded) state.SkipWithError("the run failed");
  }
  state.counters["per_step"] =
      benchmark::Counter(static_cast<double>(steps), benchmark::Counter::kIsIterationInvariantRate |
                                                         benchmark::Counter::kInvert);
  state.counters["per_invocation"] = benchmark::Counter(
      static_cast<double>(steps) * instances,
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(run_chain)->Args({16, 1})->Args({16, 32})->Args({160, 1})->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace stepconf

BENCHMARK_MAIN();
