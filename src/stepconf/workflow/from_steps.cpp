#include "stepconf/workflow/from_steps.h"

#include <fmt/format.h>

#include <unordered_map>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"

namespace stepconf::workflow {
namespace {

using Ids = std::unordered_map<std::string_view, StepId>;

Ids ids_of(const std::vector<StepSpec>& specs, std::string_view source) {
  Ids ids;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const StepSpec& spec = specs[i];
    if (spec.name.empty()) {
      throw InvalidInput(fmt::format("{}: steps[{}].name is empty, must name the step", source, i));
    }
    const auto [place, added] = ids.emplace(spec.name, static_cast<StepId>(i));
    if (!added) {
      throw InvalidInput(fmt::format("{}: steps[{}].name is \"{}\", the name of steps[{}] already",
                                     source, i, spec.name, place->second));
    }
    if (spec.function.empty()) {
      throw InvalidInput(fmt::format("{}: steps[{}] (\"{}\"): function is empty, must name one",
                                     source, i, spec.name));
    }
    if (spec.jobs < 1) {
      throw InvalidInput(fmt::format("{}: steps[{}] (\"{}\"): jobs is {}, must be at least 1",
                                     source, i, spec.name, spec.jobs));
    }
  }
  return ids;
}

StepId predecessor(const std::string& name, StepId step, const std::vector<StepSpec>& specs,
                   const Ids& ids, std::string_view source) {
  const std::string where =
      fmt::format("{}: steps[{}] (\"{}\"): after", source, step, specs[step].name);
  const auto found = ids.find(name);
  if (found == ids.end()) {
    std::vector<std::string_view> known;
    known.reserve(specs.size());
    for (const StepSpec& spec : specs) known.push_back(spec.name);
    const std::string close = nearest(name, known);
    throw InvalidInput(fmt::format("{} names \"{}\", which is no step{}", where, name,
                                   close.empty() ? "" : fmt::format("; meant \"{}\"?", close)));
  }
  if (found->second == step) {
    throw InvalidInput(where + " names the step itself, must name steps before it");
  }
  return found->second;
}

void refuse_cycle(const Workflow& workflow, std::string_view source) {
  const std::vector<StepId> cycle = find_cycle(workflow.graph);
  if (cycle.empty()) return;
  std::string names;
  for (const StepId step : cycle) names += workflow.steps[step].name + " -> ";
  throw InvalidWorkflow(fmt::format("{}: steps wait for each other in a circle: {}{}", source,
                                    names, workflow.steps[cycle.front()].name));
}

}  // namespace

Workflow from_steps(std::vector<StepSpec> specs, std::string_view source) {
  if (specs.empty()) {
    throw InvalidInput(fmt::format("{}: steps is empty, must list at least one step", source));
  }
  const Ids ids = ids_of(specs, source);
  Workflow workflow;
  workflow.graph = Graph(static_cast<int>(specs.size()));
  for (StepId id = 0; id < workflow.graph.size(); ++id) {
    for (const std::string& name : specs[id].after) {
      workflow.graph.add_edge(predecessor(name, id, specs, ids, source), id);
    }
    Step step;
    step.name = specs[id].name;
    step.function = specs[id].function;
    step.jobs = specs[id].jobs;
    step.is_map = specs[id].jobs > 1;
    workflow.steps.push_back(std::move(step));
  }
  refuse_cycle(workflow, source);
  return workflow;
}

}  // namespace stepconf::workflow
