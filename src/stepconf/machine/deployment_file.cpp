#include "stepconf/machine/deployment_file.h"

namespace stepconf::machine {
namespace {

OrderedJson cache_member(const DecisionCache& cache) {
  OrderedJson member = {{"kind", cache.kind}};
  if (cache.kind == "dynamodb") member["table"] = cache.table;
  return member;
}

OrderedJson step_member(const GeneratedStep& step, const StepChoice& choice) {
  // A Task within a Map of several states is configured once for all of the Map's iterations.
  const bool map = step.is_map && step.decided == Decided::before_step;
  OrderedJson member = {{"kind", map ? "map" : "task"}};
  if (map) {
    member["batched"] = step.batched;
    member["max_concurrency"] = step.max_concurrency;
  }
  OrderedJson functions = OrderedJson::object();
  for (const auto& [memory, function] : choice.functions) {
    functions[std::to_string(memory.value)] = function;
  }
  member["functions"] = std::move(functions);
  member["safe"] = {{"memory_mb", choice.safe.memory.value},
                    {"instances", choice.safe.instances},
                    {"processes", choice.safe.processes}};
  return member;
}

}  // namespace

OrderedJson deployment_file(const std::string& deployment, const GeneratedMachine& machine,
                            const GeneratorOptions& options, const DecisionCache& cache) {
  OrderedJson steps = OrderedJson::object();
  for (const GeneratedStep& step : machine.steps) {
    const auto choice = options.steps.find(step.name);
    if (choice == options.steps.end() || step.variable.empty()) continue;
    steps[step.name] = step_member(step, choice->second);
  }
  return {{"schema", 1},
          {"deployment", deployment},
          {"cache", cache_member(cache)},
          {"steps", std::move(steps)}};
}

}  // namespace stepconf::machine
