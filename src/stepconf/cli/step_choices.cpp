#include "stepconf/cli/step_choices.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "stepconf/base/error.h"
#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/cli/time_limit.h"
#include "stepconf/optimizer/plan.h"

namespace stepconf::cli {
namespace {

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

// The sizes that the models know, else the project's.
std::set<MemoryMb> sizes_of(const Workspace& workspace, const workflow::Step& step) {
  std::set<MemoryMb> sizes;
  if (workspace.options) {
    for (const auto& option : workspace.choices().options(step, std::max(1, step.jobs)))
      sizes.insert(option.configuration.memory);
  }
  if (!sizes.empty()) return sizes;
  for (const int memory :
       project::configuration_space(workspace.project, step.function).memory_mb) {
    sizes.insert(MemoryMb{memory});
  }
  return sizes;
}

void mark_not_batched(workflow::Step& step, const std::string& reason) {
  if (reason.empty() || !step.batched) return;
  step.batched = false;
  step.why_not_batched = reason;
}

}  // namespace

std::map<std::string, FunctionFacts> facts_of(const project::Project& project) {
  std::map<std::string, FunctionFacts> facts;
  for (const auto& [name, function] : project.functions) facts[name] = {function.timeout, {}};
  return facts;
}

StepChoices step_choices(Workspace& workspace, std::string_view definition,
                         const std::map<std::string, FunctionFacts>& functions,
                         const std::string& slo) {
  std::map<std::string, Seconds> timeouts;
  for (const auto& [name, facts] : functions) timeouts[name] = facts.timeout;
  StepChoices choices;
  std::vector<workflow::StepId> ids;
  for (machine::GeneratedStep& step :
       machine::function_steps(definition, workspace.machine->source(), timeouts)) {
    const auto id = workspace.workflow.find(step.name);
    if (!id) continue;
    workflow::Step& planned = workspace.workflow.steps[*id];
    const auto facts = functions.find(step.function);
    if (step.is_map) {
      if (facts != functions.end()) mark_not_batched(planned, facts->second.why_not_batched);
      if (!step.batched) mark_not_batched(planned, step.reason);
    }
    ids.push_back(*id);
    choices.steps.push_back({.step = std::move(step)});
  }
  const auto safe = safe_configurations(workspace, slo, choices.feasible);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ChosenStep& chosen = choices.steps[i];
    const workflow::Step& planned = workspace.workflow.steps[ids[i]];
    chosen.safe = safe[ids[i]];
    chosen.sizes = sizes_of(workspace, planned);
    chosen.sizes.insert(chosen.safe.memory);
    const auto facts = functions.find(chosen.step.function);
    if (facts != functions.end()) chosen.timeout = facts->second.timeout;
    if (!planned.batched) chosen.why_not_batched = planned.why_not_batched;
  }
  return choices;
}

machine::GeneratorOptions generator_options(const StepChoices& choices,
                                            const std::string& configurator,
                                            const FunctionName& function_name) {
  machine::GeneratorOptions options{.configurator = configurator, .steps = {}};
  for (const ChosenStep& chosen : choices.steps) {
    machine::StepChoice choice{.functions = {},
                               .safe = chosen.safe,
                               .timeout = chosen.timeout,
                               .why_not_batched = chosen.why_not_batched};
    for (const MemoryMb memory : chosen.sizes) {
      choice.functions[memory] = function_name(chosen.step, memory);
    }
    options.steps.emplace(chosen.step.name, std::move(choice));
  }
  return options;
}

}  // namespace stepconf::cli
