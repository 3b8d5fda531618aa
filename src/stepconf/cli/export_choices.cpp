#include "stepconf/cli/export_choices.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "stepconf/base/error.h"
#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/cli/time_limit.h"
#include "stepconf/optimizer/plan.h"

namespace stepconf::cli {
namespace {

constexpr std::size_t kLongestFunctionName = 64;

// A function's ARN, or its name, with another name and no qualifier.
std::string with_name(const std::string& called, const std::string& other) {
  constexpr std::string_view kBefore = "function:";
  const auto at = called.find(kBefore);
  return at == std::string::npos ? other : called.substr(0, at + kBefore.size()) + other;
}

std::string copy_of(const std::string& name) {
  constexpr std::string_view kEnding = "-stepconf";
  return name.substr(0, kLongestFunctionName - kEnding.size()) + std::string(kEnding);
}

// The safe configuration of each step, by StepId.
std::vector<estimator::Configuration> safe_configurations(const Workspace& workspace,
                                                          const std::string& slo, bool& feasible) {
  const workflow::Workflow& workflow = workspace.workflow;
  std::vector<estimator::Configuration> safe(workflow.steps.size());
  for (std::size_t id = 0; id < safe.size(); ++id) {
    const auto space = project::configuration_space(workspace.project, workflow.steps[id].function);
    safe[id] = {MemoryMb{space.memory_mb.front()}, 1, 1};
  }
  if (!workspace.options) {
    std::cerr << "There are no models: where the configurator does not answer, each step runs at "
                 "its smallest configuration.\n";
    return safe;
  }
  const auto allowed = slo_of(workspace.project, slo, nullptr);
  if (!allowed) {
    throw InvalidInput(fmt::format(
        "{}: lacks \"slo\", which the safe configurations are planned for; give one there or with "
        "--slo 20s",
        workspace.project.file.string()));
  }
  optimizer::Frontiers frontiers(workflow, workspace.choices(), {});
  cache::InMemoryCache cache;
  const optimizer::StrategyInputs inputs{.frontiers = frontiers,
                                         .slo = *allowed,
                                         .headroom = workspace.project.headroom,
                                         .target = workspace.project.target,
                                         .out_of_time = out_of_time_after(kSolverTime)};
  const optimizer::Plan plan = optimizer::plan("static", inputs, cache);
  feasible = plan.feasible;
  if (!feasible) {
    std::cerr << fmt::format(
        "The SLO of {} cannot be met: the fastest plan takes {}; the safe configurations are "
        "its.\n",
        format_duration(*allowed), format_duration(plan.duration));
  }
  for (std::size_t id = 0; id < safe.size(); ++id) {
    if (plan.steps[id].configuration) safe[id] = *plan.steps[id].configuration;
  }
  return safe;
}

std::map<std::string, Seconds> timeouts(const project::Project& project) {
  std::map<std::string, Seconds> found;
  for (const auto& [name, function] : project.functions) found[name] = function.timeout;
  return found;
}

}  // namespace

ExportChoices export_choices(Workspace& workspace, std::string_view definition,
                             const std::string& slo) {
  const auto steps =
      machine::function_steps(definition, workspace.machine->source(), timeouts(workspace.project));
  std::vector<std::pair<const machine::GeneratedStep*, workflow::StepId>> known;
  for (const machine::GeneratedStep& step : steps) {
    const auto id = workspace.workflow.find(step.name);
    if (!id) continue;
    known.emplace_back(&step, *id);
    workflow::Step& planned = workspace.workflow.steps[*id];
    if (!step.is_map || step.batched || !planned.batched) continue;
    planned.batched = false;
    planned.why_not_batched = step.reason;
  }
  ExportChoices choices;
  const auto safe = safe_configurations(workspace, slo, choices.feasible);
  OrderedJson functions = OrderedJson::object();
  choices.options.configurator = "stepconf-configurator";
  for (const auto& [step, id] : known) {
    const workflow::Step& planned = workspace.workflow.steps[id];
    machine::StepChoice choice{.functions = {}, .safe = safe[id]};
    const auto timeout = workspace.project.functions.find(step->function);
    if (timeout != workspace.project.functions.end()) choice.timeout = timeout->second.timeout;
    if (!planned.batched) choice.why_not_batched = planned.why_not_batched;
    const std::string copy = with_name(step->called, copy_of(step->function));
    OrderedJson sizes = OrderedJson::object();
    auto space = project::configuration_space(workspace.project, step->function).memory_mb;
    space.push_back(choice.safe.memory.value);
    std::ranges::sort(space);
    for (const int memory : space) {
      choice.functions[MemoryMb{memory}] = fmt::format("{}:mem-{}", copy, memory);
      sizes[std::to_string(memory)] = choice.functions[MemoryMb{memory}];
    }
    functions.push_back({step->name, {{"functions", std::move(sizes)}}});
    choices.options.configurator = with_name(step->called, "stepconf-configurator");
    choices.options.steps[step->name] = std::move(choice);
  }
  choices.functions = {{"schema", 1}, {"steps", std::move(functions)}};
  return choices;
}

}  // namespace stepconf::cli
