#include "stepconf/machine/generator.h"

#include <fmt/format.h>

#include <memory>

#include "stepconf/base/error.h"
#include "stepconf/machine/transitions.h"

namespace stepconf::machine {
namespace {

Planned kept(const std::string& name, OrderedJson state) {
  return {name, std::move(state), name,
          [name](const OrderedJson& done) { return NamedStates{{name, done}}; }};
}

}  // namespace

// What is of another kind than the language has there is refused where it is in the way.
template <typename Work>
auto Generator::in_state(const std::string& name, const Around& around, const Work& work) const {
  try {
    return work();
  } catch (const Json::exception& error) {
    const std::string text = error.what();
    throw InvalidInput(fmt::format("{}: state '{}' is not as the Amazon States Language has it: {}",
                                   source_, around.path + name, text.substr(text.find("] ") + 2)));
  }
}

void Generator::scope(OrderedJson& scope, const Around& around) {
  if (!scope.is_object() || !scope.contains("States") || !scope["States"].is_object()) return;
  std::vector<Planned> planned;
  std::map<std::string, std::string> entries;
  LastDecisions last_decisions(scope, around.place, around.last_decision, before_);
  for (auto& [name, state] : scope["States"].items()) {
    Around here = around;
    here.place = around.place / "States" / name;
    here.last_decision = last_decisions.before(name);
    planned.push_back(in_state(name, around, [&] { return plan(name, std::move(state), here); }));
    if (planned.back().entry != name) entries[name] = planned.back().entry;
  }
  const auto redirect = [&](OrderedJson& target) {
    const auto found = entries.find(target.get_ref<const std::string&>());
    if (found != entries.end()) target = found->second;
  };
  OrderedJson states = OrderedJson::object();
  for (Planned& one : planned) {
    for_each_target(one.state, redirect);
    const auto write = [&] { return one.write(one.state); };
    for (auto& [name, state] : in_state(one.name, around, write)) {
      states.push_back({name, std::move(state)});
    }
  }
  scope["States"] = std::move(states);
  if (scope.contains("StartAt") && scope["StartAt"].is_string()) redirect(scope["StartAt"]);
}

GeneratedStep Generator::step_of(const std::string& name, const Json& task,
                                 const Around& around) const {
  const QueryLanguage language = language_of(task, machine_);
  return {.name = full_names_.of(name, around.path + name),
          .function = function_of(task, language)->name,
          .called = function_text(task, language)};
}

std::string Generator::add(GeneratedStep& step, const std::string& state, std::string_view role) {
  step.added.push_back(new_names_.make(state, role));
  return step.added.back();
}

StepStates Generator::states_of_step(GeneratedStep& step, const StepChoice& choice,
                                     const Around& around) {
  step.variable = new_names_.variable(++variables_);
  changed_ = true;
  StepStates states{.step = step.name,
                    .variable = step.variable,
                    .choice = &choice,
                    .configurator = configurator_,
                    .max_concurrency = step.max_concurrency,
                    .machine = machine_};
  if (before_ != nullptr) states.last_decision = around.last_decision;
  return states;
}

Planned Generator::plan(const std::string& name, OrderedJson state, const Around& around) {
  const Json plain = state;
  const auto type = plain.find("Type");
  if (type == plain.end()) return kept(name, std::move(state));
  if (*type == "Map") return map(name, std::move(state), around);
  if (*type == "Parallel" && plain.contains("Branches")) {
    Around inside = around;
    inside.path += name + "/";
    inside.jobs = "";
    inside.step = nullptr;
    int number = 0;
    for (OrderedJson& branch : state["Branches"]) {
      inside.place = around.place / "Branches" / std::to_string(number++);
      scope(branch, inside);
    }
    return kept(name, std::move(state));
  }
  if (!function_of(plain, language_of(plain, machine_))) return kept(name, std::move(state));
  GeneratedStep step = around.step ? *around.step : step_of(name, plain, around);
  return task(name, std::move(state), std::move(step), around);
}

Planned Generator::fixed(const std::string& name, OrderedJson state, GeneratedStep step,
                         const StepChoice& choice, std::string reason) {
  const QueryLanguage language = language_of(Json(state), machine_);
  step.decided = Decided::beforehand;
  step.reason = std::move(reason);
  changed_ = true;
  steps_.push_back(std::move(step));
  return kept(name, with_fixed_function(state, language, called_for(choice, choice.safe.memory)));
}

Planned Generator::task(const std::string& name, OrderedJson state, GeneratedStep step,
                        const Around& around) {
  const StepChoice* choice = choice_of_(step);
  if (choice == nullptr) {
    step.decided = Decided::never;
    step.reason = "nothing is known of its function";
    steps_.push_back(std::move(step));
    return kept(name, std::move(state));
  }
  if (!around.distributed.empty()) {
    return fixed(
        name, std::move(state), std::move(step), *choice,
        fmt::format("it runs in child executions of the Distributed Map '{}', which see no "
                    "variables from outside; its memory is chosen beforehand",
                    around.distributed));
  }
  const QueryLanguage language = language_of(Json(state), machine_);
  StepStates states = states_of_step(step, *choice, around);
  auto chosen = with_chosen_function(state, language, states.variable);
  if (!chosen) {
    step.variable.clear();
    return fixed(name, std::move(state), std::move(step), *choice,
                 "its Resource is the function's ARN, and Assign or an expression sees the whole "
                 "result; its memory is chosen beforehand");
  }
  states.work = name;
  states.configure = add(step, name, "configure");
  if (!chosen->after.is_null()) states.after = add(step, name, "output");
  const bool before_map = around.hoisted != nullptr;
  step.transitions_added = before_map ? 1 : static_cast<int>(step.added.size());
  step.transitions_added_per_job = static_cast<int>(step.added.size()) - step.transitions_added;
  if (before_map) {
    step.decided = Decided::before_map;
    if (step.reason.empty()) {
      step.reason = fmt::format("it runs inside the Map '{}', whose iterations have several states",
                                around.map);
    }
    if (before_ != nullptr && !around.hoisted->empty()) {
      states.last_decision = around.hoisted->back().states.variable;
    }
    around.hoisted->push_back({states, {.items = around.jobs}});
  } else {
    step.reason = "it has one job";
    left_[around.place.to_string()] = states.variable;
  }
  steps_.push_back(std::move(step));
  const auto write = [states, before_map, name,
                      after = std::move(chosen->after)](const OrderedJson& done) {
    NamedStates written;
    if (!before_map) {
      written.emplace_back(states.configure, configure_state(states, {}, name));
    }
    written.emplace_back(name, done);
    if (after.is_null()) return written;
    OrderedJson& work = written.back().second;
    OrderedJson last = after;
    give_exit(work, last);
    work.erase("End");
    work["Next"] = states.after;
    written.emplace_back(states.after, std::move(last));
    return written;
  };
  return {name, std::move(chosen->task), before_map ? name : states.configure, write};
}

Planned Generator::map(const std::string& name, OrderedJson state, const Around& around) {
  const Json plain = state;
  const Json* task = only_task(plain, machine_);
  if (task == nullptr) return unbatched_map(name, std::move(state), nullptr, around);
  GeneratedStep step = step_of(name, *task, around);
  step.is_map = true;
  const auto most = plain.find("MaxConcurrency");
  if (most != plain.end() && most->is_number_integer()) step.max_concurrency = most->get<int>();
  const StepChoice* choice = choice_of_(step);
  if (choice != nullptr && around.distributed.empty() && !is_distributed(plain)) {
    Batching batching;
    if (around.hoisted != nullptr) {
      step.reason = fmt::format("it runs inside the Map '{}', whose iterations have several states",
                                around.map);
    } else if (!choice->why_not_batched.empty()) {
      step.reason = choice->why_not_batched;
    } else {
      batching = batching_of(plain, machine_, choice->timeout);
      step.reason = batching.why_not;
    }
    if (step.reason.empty()) {
      return batched(name, std::move(state), std::move(step), std::move(batching), *choice, around);
    }
  }
  return unbatched_map(name, std::move(state), &step, around);
}

Planned Generator::batched(const std::string& name, OrderedJson state, GeneratedStep step,
                           Batching batching, const StepChoice& choice, const Around& around) {
  StepStates states = states_of_step(step, choice, around);
  // What is assigned in the Parallel around it stays there.
  if (!batching.around) left_[around.place.to_string()] = states.variable;
  if (!batching.before.is_null()) states.before = add(step, name, "input");
  states.configure = add(step, name, "configure");
  states.work = batching.around ? add(step, name, "batches") : name;
  if (!batching.after.is_null()) states.after = add(step, name, "output");
  step.batched = true;
  step.transitions_added = static_cast<int>(step.added.size());
  templates_[step.name] = batching.entry;
  steps_.push_back(std::move(step));
  std::string entry = name;
  if (!batching.around) entry = states.before.empty() ? states.configure : states.before;
  const auto write = [name, states, batching = std::move(batching)](const OrderedJson& done) {
    return batched_map(name, done, batching, states);
  };
  return {name, std::move(state), entry, write};
}

Planned Generator::unbatched_map(const std::string& name, OrderedJson state,
                                 const GeneratedStep* step, const Around& around) {
  const Json plain = state;
  const std::string processor = processor_of(plain);
  if (processor.empty()) return kept(name, std::move(state));
  const auto hoisted = std::make_shared<std::vector<Hoisted>>();
  Around inside = around;
  inside.path += name + "/";
  inside.step = step;
  inside.jobs = "";
  inside.place = around.place / processor;
  if (is_distributed(plain)) {
    inside.distributed = name;
  } else if (around.hoisted == nullptr && around.distributed.empty()) {
    inside.map = name;
    inside.hoisted = hoisted.get();
    inside.jobs = items_expression(plain, machine_);
  }
  scope(state[processor], inside);
  if (hoisted->empty()) return kept(name, std::move(state));
  left_[around.place.to_string()] = hoisted->back().states.variable;
  const auto write = [name, hoisted](const OrderedJson& done) {
    NamedStates written;
    for (std::size_t i = 0; i < hoisted->size(); ++i) {
      const auto& [states, load] = (*hoisted)[i];
      const bool last = i + 1 == hoisted->size();
      const std::string& next = last ? name : (*hoisted)[i + 1].states.configure;
      written.emplace_back(states.configure, configure_state(states, load, next));
    }
    written.emplace_back(name, done);
    return written;
  };
  return {name, std::move(state), hoisted->front().states.configure, write};
}

}  // namespace stepconf::machine
