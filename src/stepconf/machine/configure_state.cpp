#include <fmt/format.h>

#include <algorithm>

#include "stepconf/machine/jsonata.h"
#include "stepconf/machine/new_states.h"

namespace stepconf::machine {
namespace {

// Time for an answer; a configurator that takes longer costs more than it can save.
constexpr int kTimeoutSeconds = 5;

// The answer that stands in for the configurator's.
OrderedJson safe_answer(const StepChoice& choice, const std::string& jobs, bool batched,
                        int max_concurrency) {
  const estimator::Configuration& safe = choice.safe;
  OrderedJson answer = {{"function", choice.functions.at(safe.memory)}};
  if (!batched) return answer;
  int processes = safe.processes;
  int instances = safe.instances;
  if (max_concurrency > 0) {
    processes = std::min(processes, max_concurrency);
    instances = std::clamp(instances, 1, std::max(1, max_concurrency / processes));
  }
  answer["size"] = query(fmt::format("$max([1, $ceil($count({}) / {})])", jobs, instances));
  answer["processes"] = processes;
  return answer;
}

}  // namespace

OrderedJson configure_state(const StepStates& step, const std::string& jobs, bool batched,
                            int max_concurrency, const std::string& next) {
  OrderedJson payload = {{"step", step.step},
                         {"execution", query("$states.context.Execution.Id")},
                         {"started", query("$states.context.Execution.StartTime")},
                         {"entered", query("$states.context.State.EnteredTime")}};
  if (!jobs.empty()) {
    payload["jobs"] = query(fmt::format("$count({})", jobs));
    payload["characters"] = query(fmt::format("$length($string({}))", jobs));
  }
  OrderedJson state = {{"Type", "Task"}};
  if (step.machine != QueryLanguage::jsonata) state["QueryLanguage"] = "JSONata";
  state["Comment"] = fmt::format("StepConf: configures {}", step.step);
  state["Resource"] = invoke_resource(step.configurator);
  state["Arguments"] = {{"FunctionName", step.configurator}, {"Payload", payload}};
  state["TimeoutSeconds"] = kTimeoutSeconds;
  state["Assign"] = {{step.variable, query("$states.result.Payload")}};
  state["Output"] = query("$states.input");
  OrderedJson catcher = {{"ErrorEquals", {"States.ALL"}}};
  catcher["Assign"][step.variable] = safe_answer(*step.choice, jobs, batched, max_concurrency);
  catcher["Output"] = query("$states.input");
  catcher["Next"] = next;
  state["Catch"] = OrderedJson::array({catcher});
  state["Next"] = next;
  return state;
}

}  // namespace stepconf::machine
