#include "stepconf/machine/deployment_file.h"

namespace stepconf::machine {
namespace {

using configurator::CacheSettings;
using configurator::StepKind;

const char* text_of(StepKind kind) {
  switch (kind) {
    case StepKind::task:
      return "task";
    case StepKind::map:
      return "map";
    case StepKind::distributed:
      break;
  }
  return "distributed";
}

OrderedJson json_of(const CacheSettings& cache) {
  switch (cache.kind) {
    case CacheSettings::Kind::none:
      return {{"kind", "none"}};
    case CacheSettings::Kind::execution:
      return {{"kind", "execution"}};
    case CacheSettings::Kind::dynamodb:
      break;
  }
  return {{"kind", "dynamodb"},
          {"table", cache.table},
          {"limit_s", cache.limit.count()},
          {"keep_s", cache.keep.count()}};
}

OrderedJson json_of(const estimator::Configuration& configuration) {
  return {{"memory_mb", configuration.memory.value},
          {"instances", configuration.instances},
          {"processes", configuration.processes}};
}

OrderedJson json_of(const GeneratedStep& step, const StepChoice& choice) {
  OrderedJson functions = OrderedJson::object();
  for (const auto& [memory, function] : choice.functions) {
    functions[std::to_string(memory.value)] = function;
  }
  return {{"kind", text_of(kind_of(step))},
          {"batched", step.batched},
          {"max_concurrency", step.max_concurrency},
          {"functions", std::move(functions)},
          {"safe", json_of(choice.safe)}};
}

}  // namespace

StepKind kind_of(const GeneratedStep& step) {
  return step.is_map || step.decided == Decided::before_map ? StepKind::map : StepKind::task;
}

OrderedJson deployment_file(const GeneratedMachine& machine, const GeneratorOptions& choices,
                            const DeploymentFileOptions& options) {
  OrderedJson steps = OrderedJson::object();
  for (const GeneratedStep& step : machine.steps) {
    const auto choice = choices.steps.find(step.name);
    if (step.variable.empty() || choice == choices.steps.end()) continue;
    OrderedJson entry = json_of(step, choice->second);
    const auto bytes = options.result_bytes.find(step.name);
    if (bytes != options.result_bytes.end()) entry["result_bytes"] = bytes->second;
    steps.push_back({step.name, std::move(entry)});
  }
  return {{"schema", 1},
          {"deployment", options.name},
          {"mode", std::string(configurator::to_string(options.mode))},
          {"cache", json_of(options.cache)},
          {"steps", std::move(steps)}};
}

}  // namespace stepconf::machine
