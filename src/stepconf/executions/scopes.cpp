#include "stepconf/executions/scopes.h"

#include <algorithm>
#include <string_view>

#include "stepconf/services/caller.h"

namespace stepconf::executions {
namespace {

constexpr std::string_view kEntered = "StateEntered";
constexpr std::string_view kExited = "StateExited";

using services::HistoryEvent;

// "Task" of "TaskStateEntered".
std::string before_suffix(const std::string& type, std::string_view suffix) {
  return type.substr(0, type.size() - suffix.size());
}

// Ends with the innermost state that `is` says; untouched where there is none.
template <typename Predicate>
OpenState* back_to(Scope& scope, const Predicate& is) {
  const auto found = std::find_if(scope.rbegin(), scope.rend(), is);
  if (found == scope.rend()) return nullptr;
  scope.erase(found.base(), scope.end());
  return &scope.back();
}

void leave(Scope& scope, const std::string& name) {
  if (back_to(scope, [&](const OpenState& state) { return state.name == name; })) scope.pop_back();
}

// What a state does begins, perhaps not for the first time.
void begin(OpenState& state) {
  if (state.begun) ++state.retries;
  state.begun = true;
  state.failed = false;
}

// A Map or Parallel as a whole has failed; it may be tried again. One that failed before and was
// not begun again is over: the failure is of one around it.
void fail(Scope& scope, std::string_view type) {
  OpenState* state =
      back_to(scope, [&](const OpenState& each) { return each.type == type && !each.failed; });
  if (state) state->failed = true;
}

Scope scope_after(Scope scope, const HistoryEvent& event) {
  const std::string& type = event.type;
  if (enters_state(event)) {
    scope.push_back({.name = services::text_of(event.details, "name"),
                     .type = before_suffix(type, kEntered),
                     .entered = event.id});
  } else if (type == "MapIterationStarted") {
    const std::string name = services::text_of(event.details, "name");
    OpenState* map = back_to(scope, [&](const OpenState& state) {
      return state.type == "Map" && (name.empty() || state.name == name);
    });
    if (map) map->iteration = static_cast<int>(services::integer_of(event.details, "index"));
  } else if (type == "MapStateStarted" || type == "ParallelStateStarted") {
    OpenState* state = back_to(scope, [&](const OpenState& each) {
      return each.type == before_suffix(type, "StateStarted");
    });
    if (state) begin(*state);
  } else if (type == "MapStateFailed" || type == "ParallelStateFailed") {
    fail(scope, before_suffix(type, "StateFailed"));
  } else if (type == "TaskScheduled" || type == "LambdaFunctionScheduled") {
    if (!scope.empty()) begin(scope.back());
  }
  return scope;
}

}  // namespace

bool enters_state(const HistoryEvent& event) { return event.type.ends_with(kEntered); }
bool leaves_state(const HistoryEvent& event) { return event.type.ends_with(kExited); }

Scopes::Scopes(std::span<const HistoryEvent> events)
    : events_(events), scopes_(events.size()), before_(events.size()), after_(events.size()) {
  std::map<std::int64_t, std::size_t> places;
  // By the event, what stands when it is over: an exit is still about its state.
  std::vector<Scope> behind(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    const HistoryEvent& event = events[i];
    const auto found = places.find(event.previous_id);
    before_[i] = found == places.end() ? events.size() : found->second;
    places[event.id] = i;
    // Of the first two, one comes after nothing, and the other may.
    if (before_[i] == events.size() && i > 1) connected_ = false;
    if (before_[i] < events.size()) after_[before_[i]].push_back(i);
    scopes_[i] = scope_after(before_[i] < events.size() ? behind[before_[i]] : Scope{}, event);
    behind[i] = scopes_[i];
    if (leaves_state(event)) leave(behind[i], services::text_of(event.details, "name"));
  }
}

}  // namespace stepconf::executions
