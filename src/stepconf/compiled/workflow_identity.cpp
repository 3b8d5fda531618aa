#include "stepconf/compiled/workflow_identity.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "stepconf/base/json.h"
#include "stepconf/net/digest.h"

namespace stepconf::compiled {
namespace {

std::vector<std::string> names_before(const workflow::Workflow& workflow, std::size_t id) {
  std::vector<std::string> names;
  for (const workflow::StepId before : workflow.graph.predecessors[id])
    names.push_back(workflow.steps[before].name);
  return names;
}

std::string list(const std::vector<std::string>& names) {
  return names.empty() ? "nothing" : fmt::format("{}", fmt::join(names, ", "));
}

std::string difference(const workflow::Step& planned, const workflow::Step& project) {
  const auto differs = [&](std::string_view what, const auto& now, const auto& then) {
    return fmt::format("step \"{}\" {} {}, in the plan {}", project.name, what, now, then);
  };
  if (planned.is_foreign() != project.is_foreign())
    return differs("is", project.is_foreign() ? "no function step" : "a function step",
                   planned.is_foreign() ? "none" : "one");
  if (planned.function != project.function)
    return differs("calls", project.function, planned.function);
  if (planned.is_map != project.is_map)
    return differs("is", project.is_map ? "a Map" : "no Map", planned.is_map ? "one" : "none");
  if (planned.batched != project.batched)
    return differs("is", project.batched ? "batched" : "not batched",
                   planned.batched ? "it is" : "it is not");
  if (planned.max_concurrency != project.max_concurrency)
    return differs("has MaxConcurrency", project.max_concurrency, planned.max_concurrency);
  return "";
}

}  // namespace

std::string difference(const workflow::Workflow& planned, const workflow::Workflow& project) {
  for (const workflow::Step& step : project.steps) {
    if (!planned.find(step.name)) return fmt::format("step \"{}\" is not in the plan", step.name);
  }
  for (const workflow::Step& step : planned.steps) {
    if (!project.find(step.name))
      return fmt::format("step \"{}\" of the plan is not in the workflow", step.name);
  }
  for (std::size_t id = 0; id < project.steps.size(); ++id) {
    const auto there = static_cast<std::size_t>(*planned.find(project.steps[id].name));
    if (std::string what = difference(planned.steps[there], project.steps[id]); !what.empty())
      return what;
    const std::vector<std::string> now = names_before(project, id);
    const std::vector<std::string> then = names_before(planned, there);
    if (!std::ranges::is_permutation(now, then))
      return fmt::format("step \"{}\" comes after {}, in the plan after {}", project.steps[id].name,
                         list(now), list(then));
    // Steps are told apart by their numbers from here on.
    if (there != id)
      return fmt::format("step \"{}\" stands in another place", project.steps[id].name);
  }
  return "";
}

std::string identity(const workflow::Workflow& workflow) {
  OrderedJson steps = OrderedJson::array();
  for (std::size_t id = 0; id < workflow.steps.size(); ++id) {
    const workflow::Step& step = workflow.steps[id];
    steps.push_back({step.name, step.is_foreign(), step.function, step.is_map, step.batched,
                     step.max_concurrency, workflow.graph.predecessors[id]});
  }
  return net::hexadecimal(
      net::sha256(steps.dump(-1, ' ', false, OrderedJson::error_handler_t::replace)));
}

}  // namespace stepconf::compiled
