#include "stepconf/deploy/apply.h"

#include <algorithm>
#include <set>
#include <type_traits>
#include <utility>

#include "stepconf/deploy/removal_works.h"
#include "stepconf/deploy/works.h"

namespace stepconf::deploy {
namespace {

// "Executions started immediately after calling UpdateStateMachine may use the previous definition"
// (https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html).
constexpr Seconds kUntilUpdateIsSeen{10};

constexpr const char* kArchitectures[] = {"x86_64", "arm64"};

// Puts one question, again where it fails for a passing reason.
template <class Question>
auto ask(Question question, ControlPlane& plane, Clock& clock) {
  std::invoke_result_t<Question, ControlPlane&> answer{};
  Works works;
  works.push_back(work_of("listing", [&](ControlPlane& asked) -> Turn {
    answer = question(asked);
    return {.done = true};
  }));
  do_all(std::move(works), plane, clock, {});
  return answer;
}

std::vector<std::string> functions_named(const std::string& prefix, ControlPlane& plane,
                                         Clock& clock) {
  return ask([&](ControlPlane& asked) { return asked.functions_named(prefix); }, plane, clock);
}

// Those of the deployment whose names begin so.
std::vector<std::string> log_groups_of(const DeploymentNames& names, const std::string& prefix,
                                       ControlPlane& plane, Clock& clock) {
  std::vector<std::string> result;
  for (const LogGroupState& group :
       ask([&](ControlPlane& asked) { return asked.log_groups_named(prefix); }, plane, clock)) {
    if (names.owns(group.tags)) result.push_back(group.name);
  }
  return result;
}

Works foundations(const WantedState& wanted, LayerArns& layers) {
  Works works;
  for (const auto& group : wanted.log_groups) {
    works.push_back(log_group_work(wanted.names, group));
  }
  for (const auto& role : wanted.roles) works.push_back(role_work(wanted.names, role, false));
  if (wanted.table) works.push_back(table_work(wanted.names, *wanted.table));
  for (const auto& layer : wanted.layers) works.push_back(layer_work(layer, layers));
  return works;
}

// Copies that are there and not wanted; others' are sorted out by their tags.
std::vector<std::string> other_copies(const WantedState& wanted, ControlPlane& plane,
                                      Clock& clock) {
  std::set<std::string> kept;
  for (const auto& function : wanted.functions) kept.insert(function.name);
  auto others = functions_named(wanted.names.copies_prefix(), plane, clock);
  std::erase_if(others, [&](const std::string& name) { return kept.contains(name); });
  return others;
}

std::vector<std::string> other_log_groups(const WantedState& wanted, ControlPlane& plane,
                                          Clock& clock) {
  std::set<std::string> kept;
  for (const auto& group : wanted.log_groups) kept.insert(group.name);
  const std::string prefix = DeploymentNames::log_group(wanted.names.copies_prefix());
  auto others = log_groups_of(wanted.names, prefix, plane, clock);
  std::erase_if(others, [&](const std::string& name) { return kept.contains(name); });
  return others;
}

void tidy(const WantedState& wanted, ControlPlane& plane, Clock& clock,
          const ProgressReport& report) {
  Works works;
  for (const auto& function : wanted.functions) {
    works.push_back(superseded_removal(wanted.names, function));
  }
  for (std::string& name : other_copies(wanted, plane, clock)) {
    works.push_back(function_removal(wanted.names, std::move(name)));
  }
  for (const auto& role : wanted.roles) works.push_back(role_work(wanted.names, role, true));
  if (!wanted.table) works.push_back(table_removal(wanted.names));
  for (const char* architecture : kArchitectures) {
    const std::string name = wanted.names.layer(architecture);
    const auto kept = std::ranges::find(wanted.layers, name, &WantedLayer::name);
    works.push_back(layer_removal(name, kept == wanted.layers.end() ? "" : kept->description()));
  }
  do_all(std::move(works), plane, clock, report);
  // After their functions, which would make them anew.
  Works groups;
  for (std::string& name : other_log_groups(wanted, plane, clock)) {
    groups.push_back(log_group_removal(wanted.names, std::move(name)));
  }
  do_all(std::move(groups), plane, clock, report);
}

}  // namespace

Applied apply(const WantedState& wanted, ControlPlane& plane, Clock& clock,
              const ProgressReport& report) {
  LayerArns layers;
  do_all(foundations(wanted, layers), plane, clock, report);

  Works functions;
  for (const auto& function : wanted.functions) {
    functions.push_back(function_work(wanted.names, function, layers));
  }
  do_all(std::move(functions), plane, clock, report);

  bool switched = false;
  Works machine;
  machine.push_back(machine_work(wanted.names, wanted.machine, switched));
  do_all(std::move(machine), plane, clock, report);

  // Express executions cannot be listed; they end within five minutes.
  if (wanted.machine.type == "EXPRESS") {
    if (switched) return {"executions may be running for five minutes"};
  } else {
    if (switched) clock.pause(kUntilUpdateIsSeen);
    const bool running =
        ask([&](ControlPlane& asked) { return asked.has_running_executions(wanted.machine.arn); },
            plane, clock);
    if (running) return {"executions are running"};
  }
  tidy(wanted, plane, clock, report);
  return {};
}

void remove_deployment(const DeploymentNames& names, ControlPlane& plane, Clock& clock,
                       const ProgressReport& report) {
  Works machine;
  machine.push_back(machine_removal(names));
  do_all(std::move(machine), plane, clock, report);

  Works functions;
  for (std::string& name : functions_named(names.copies_prefix(), plane, clock)) {
    functions.push_back(function_removal(names, std::move(name)));
  }
  functions.push_back(function_removal(names, names.configurator()));
  do_all(std::move(functions), plane, clock, report);

  Works rest;
  const std::string log_prefix = DeploymentNames::log_group(names.configurator());
  for (std::string& name : log_groups_of(names, log_prefix, plane, clock)) {
    rest.push_back(log_group_removal(names, std::move(name)));
  }
  for (const char* architecture : kArchitectures) {
    rest.push_back(layer_removal(names.layer(architecture)));
  }
  rest.push_back(table_removal(names));
  do_all(std::move(rest), plane, clock, report);

  Works roles;
  for (const std::string& role : {names.configurator_role(), names.machine_role()}) {
    roles.push_back(role_removal(names, role));
  }
  do_all(std::move(roles), plane, clock, report);
}

}  // namespace stepconf::deploy
