#include <fmt/format.h>

#include <algorithm>

#include "stepconf/configurator/dispatch.h"
#include "stepconf/machine/jsonata.h"
#include "stepconf/machine/new_states.h"

namespace stepconf::machine {
namespace {

// Time for an answer; a configurator that takes longer costs more than it can save.
constexpr int kTimeoutSeconds = 5;

// The size of the safe configuration's batches, known when the jobs are.
std::string safe_size(const Load& load, int instances) {
  return query(
      fmt::format("($stepconf_jobs := $count({}); $max([1, $min([$ceil($stepconf_jobs / {}), "
                  "$floor({} * $stepconf_jobs / {})])]))",
                  load.items, instances, configurator::kMostBatchBytes, load.bytes));
}

// The answer that stands in for the configurator's.
OrderedJson safe_answer(const StepStates& step, const Load& load) {
  const estimator::Configuration& safe = step.choice->safe;
  OrderedJson answer = {{"function", called_for(*step.choice, safe.memory)},
                        {"memory_mb", safe.memory.value}};
  if (!load.bytes.empty()) {
    int processes = safe.processes;
    int instances = std::min(safe.instances, configurator::kInlineConcurrency);
    int concurrency = 0;
    if (step.max_concurrency > 0) {
      processes = std::min(processes, step.max_concurrency);
      concurrency = std::min(step.max_concurrency / processes, configurator::kInlineConcurrency);
      instances = std::min(instances, concurrency);
    }
    answer["size"] = safe_size(load, instances);
    answer["processes"] = processes;
    answer["concurrency"] = concurrency;
  }
  answer["safe"] = true;
  return answer;
}

// The configurator's answer; where it names functions that only the deployed machine knows, the
// machine looks them up.
std::string answer(const StepChoice& choice) {
  constexpr const char* kAnswer = "$states.result.Payload";
  if (choice.called.empty()) return kAnswer;
  std::string table;
  for (const auto& [name, called] : choice.called) {
    table += fmt::format("{}'{}': '{}'", table.empty() ? "" : ", ", name, called);
  }
  return fmt::format("$merge([{0}, {{'function': $lookup({{{1}}}, {0}.function)}}])", kAnswer,
                     table);
}

std::string cache_of(const std::string& variable) {
  return query(fmt::format("${}.cache", variable));
}

}  // namespace

std::string called_for(const StepChoice& choice, MemoryMb memory) {
  const std::string& function = choice.functions.at(memory);
  return choice.called.empty() ? function : choice.called.at(function);
}

OrderedJson configure_state(const StepStates& step, const Load& load, const std::string& next) {
  OrderedJson payload = {{"step", step.step},
                         {"execution", query("$states.context.Execution.Id")},
                         {"started", query("$states.context.Execution.StartTime")},
                         {"entered", query("$states.context.State.EnteredTime")}};
  if (!load.items.empty()) payload["jobs"] = query(fmt::format("$count({})", load.items));
  if (!load.bytes.empty()) payload["bytes"] = query(load.bytes);
  OrderedJson safe = safe_answer(step, load);
  if (step.last_decision) {
    const bool first = step.last_decision->empty();
    if (!first) payload["cache"] = cache_of(*step.last_decision);
    safe["cache"] = first ? "" : cache_of(*step.last_decision);
  }
  OrderedJson state = {{"Type", "Task"}};
  if (step.machine != QueryLanguage::jsonata) state["QueryLanguage"] = "JSONata";
  state["Comment"] = fmt::format("StepConf: configures {}", step.step);
  state["Resource"] = invoke_resource(step.configurator);
  state["Arguments"] = {{"FunctionName", step.configurator}, {"Payload", payload}};
  state["TimeoutSeconds"] = kTimeoutSeconds;
  state["Assign"] = {{step.variable, query(answer(*step.choice))}};
  state["Output"] = query("$states.input");
  OrderedJson catcher = {{"ErrorEquals", {"States.ALL"}}};
  catcher["Assign"][step.variable] = std::move(safe);
  catcher["Output"] = query("$states.input");
  catcher["Next"] = next;
  state["Catch"] = OrderedJson::array({catcher});
  state["Next"] = next;
  return state;
}

}  // namespace stepconf::machine
