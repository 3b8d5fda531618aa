#include "stepconf/executions/ways.h"

#include <algorithm>
#include <variant>

namespace stepconf::executions {
namespace {

using States = std::map<std::string, const asl::State*>;

void add(const asl::States& scope, States& states) {
  for (const asl::State& state : scope.states) {
    states.emplace(state.name, &state);
    for (const asl::States& inner : state.inner) add(inner, states);
  }
}

bool has_ways(const asl::State& state) {
  return std::holds_alternative<asl::Choice>(state.kind) || !state.catchers.empty();
}

std::string name_of(const Scopes& history, std::size_t place) {
  return services::text_of(history.events()[place].details, "name");
}

// The next state of the user's that is entered behind the end of one; empty where there is none.
std::string next_of_the_users(const Scopes& history, std::size_t place, const States& states) {
  while (!history.after(place).empty()) {
    place = history.after(place).front();
    if (!enters_state(history.events()[place])) continue;
    const std::string name = name_of(history, place);
    if (states.contains(name)) return name;
  }
  return {};
}

// Whether anything followed on the end of a state: else the execution was stopped there.
bool went_on(const Scopes& history, std::size_t place) { return !history.after(place).empty(); }

}  // namespace

States states_by_name(const asl::StateMachine& machine) {
  States states;
  add(machine.states(), states);
  return states;
}

std::vector<WayTaken> ways_taken(const Scopes& history, const asl::StateMachine& machine) {
  const States states = states_by_name(machine);
  std::vector<WayTaken> ways;
  for (std::size_t place = 0; place < history.events().size(); ++place) {
    if (!leaves_state(history.events()[place])) continue;
    const auto found = states.find(name_of(history, place));
    if (found == states.end() || !has_ways(*found->second)) continue;
    const asl::State& state = *found->second;
    // A Map of the user's stands inside a generated Parallel of the same name: only the outer end
    // counts.
    const Scope& scope = history.scope(place);
    if (scope.size() > 1 && scope[scope.size() - 2].name == state.name) continue;
    std::string next = next_of_the_users(history, place, states);
    const bool at_end_of_scope =
        !std::holds_alternative<asl::Choice>(state.kind) && !state.next && went_on(history, place);
    const bool is_handler = std::ranges::any_of(
        state.catchers, [&](const asl::Catcher& each) { return each.next_name == next; });
    if (at_end_of_scope && !is_handler) next = "End";
    if (!next.empty()) ways.push_back({.at = place, .state = state.full_name, .next = next});
  }
  return ways;
}

}  // namespace stepconf::executions
