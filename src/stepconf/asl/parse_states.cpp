#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <queue>

#include "stepconf/asl/parse_state.h"
#include "stepconf/base/suggest.h"

// The states of one scope: targets become indices, and the graph they form is checked.

namespace stepconf::asl {
namespace {

constexpr std::ptrdiff_t kLongestName = 80;

using Index = std::map<std::string, std::size_t, std::less<>>;

std::ptrdiff_t characters(std::string_view text) {
  return std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

class Targets {
 public:
  Targets(const Index& index, const std::string& source) : index_(index), source_(source) {}

  std::size_t resolve(const std::string& state, std::string_view field,
                      const std::string& target) const {
    const auto found = index_.find(target);
    if (found != index_.end()) return found->second;
    std::vector<std::string_view> known;
    for (const auto& [name, position] : index_) known.push_back(name);
    const std::string meant = nearest(target, known);
    Place{source_, state}.refuse(
        field, fmt::format("names '{}', which is no state {}{}", target,
                           field.ends_with("StartAt") ? "of its States" : "beside it",
                           meant.empty() ? "" : fmt::format("; did you mean '{}'?", meant)));
  }

 private:
  const Index& index_;
  const std::string& source_;
};

void resolve_targets(State& state, const Targets& targets) {
  if (!state.next_name.empty()) state.next = targets.resolve(state.name, "Next", state.next_name);
  for (std::size_t i = 0; i < state.catchers.size(); ++i) {
    Catcher& catcher = state.catchers[i];
    catcher.next = targets.resolve(state.name, fmt::format("Catch[{}].Next", i), catcher.next_name);
  }
  if (auto* choice = std::get_if<Choice>(&state.kind)) {
    for (std::size_t i = 0; i < choice->rules.size(); ++i) {
      Choice::Rule& rule = choice->rules[i];
      rule.next = targets.resolve(state.name, fmt::format("Choices[{}].Next", i), rule.next_name);
    }
    if (!choice->default_name.empty()) {
      choice->otherwise = targets.resolve(state.name, "Default", choice->default_name);
    }
  }
}

void check_reachable(const States& states, const std::string& source) {
  std::vector<bool> reached(states.states.size());
  std::vector<std::size_t> pending = {states.start};
  reached[states.start] = true;
  while (!pending.empty()) {
    const std::size_t at = pending.back();
    pending.pop_back();
    for (const std::size_t next : successors(states.states[at])) {
      if (!reached[next]) pending.push_back(next);
      reached[next] = true;
    }
  }
  const auto lost = std::ranges::find(reached, false);
  if (lost == reached.end()) return;
  const State& state = states.states[static_cast<std::size_t>(lost - reached.begin())];
  Place{source, state.name}.refuse("", "cannot be reached from StartAt; remove it or lead to it");
}

// Kahn's algorithm; among states that are ready, the alphabetically first. What it leaves over
// holds a cycle.
std::vector<std::size_t> topological_order(const States& states, const std::string& source) {
  std::vector<std::size_t> waiting_for(states.states.size());
  for (const State& state : states.states) {
    for (const std::size_t next : successors(state)) ++waiting_for[next];
  }
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  if (waiting_for[states.start] == 0) ready.push(states.start);
  std::vector<std::size_t> order;
  while (!ready.empty()) {
    const std::size_t at = ready.top();
    ready.pop();
    order.push_back(at);
    for (const std::size_t next : successors(states.states[at])) {
      if (--waiting_for[next] == 0) ready.push(next);
    }
  }
  if (order.size() < states.states.size()) {
    std::size_t in_cycle = 0;
    while (waiting_for[in_cycle] == 0) ++in_cycle;
    Place{source, states.states[in_cycle].name}.refuse(
        "", "is part of a loop or comes after one; loops are not supported");
  }
  return order;
}

}  // namespace

std::vector<std::size_t> successors(const State& state) {
  std::vector<std::size_t> next;
  if (state.next) next.push_back(*state.next);
  for (const Catcher& catcher : state.catchers) next.push_back(catcher.next);
  if (const auto* choice = std::get_if<Choice>(&state.kind)) {
    for (const Choice::Rule& rule : choice->rules) next.push_back(rule.next);
    if (choice->otherwise) next.push_back(*choice->otherwise);
  }
  return next;
}

States parse_states(Fields& fields, const Place& owner) {
  const std::string start = fields.required_text("StartAt");
  const Json& members = fields.require("States", "an object of at least one state");
  if (!members.is_object() || members.empty()) {
    fields.refuse("States", "must be an object of at least one state");
  }
  States states;
  Index index;
  for (const auto& [name, json] : members.items()) {
    if (name.empty() || characters(name) > kLongestName) {
      fields.refuse("States", fmt::format("has the state name '{}', must have 1 to {} characters",
                                          name.substr(0, 80), kLongestName));
    }
    index.emplace(name, states.states.size());
    states.states.push_back(parse_state(name, json, owner.source));
  }
  const Targets targets(index, owner.source);
  states.start = targets.resolve(owner.state, fields.label("StartAt"), start);
  for (State& state : states.states) resolve_targets(state, targets);
  check_reachable(states, owner.source);
  states.order = topological_order(states, owner.source);
  return states;
}

}  // namespace stepconf::asl
