#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "stepconf/services/step_functions.h"

namespace stepconf::executions {

/// A state that an execution is in.
struct OpenState {
  std::string name{};
  /// "Task", "Map", "Parallel", "Choice", ...
  std::string type{};
  /// The event of its entry.
  std::int64_t entered = 0;
  /// Of a Map, which iteration; -1 outside of one.
  int iteration = -1;
  /// How often what it does was begun anew, by Retry.
  int retries = 0;
  bool begun = false;
  bool failed = false;
};

/// The states around an event, outermost first; the one it is about is the last.
using Scope = std::vector<OpenState>;

/// What surrounds each event of a history, which names the event that came before each one. O(n d),
/// d the depth.
class Scopes {
 public:
  /// `events` must outlive it, ascending by id.
  explicit Scopes(std::span<const services::HistoryEvent> events);

  /// Tells whether events say what came before them; not all emulators' do. Else nothing can be
  /// said of what belongs to what.
  bool connected() const { return connected_; }
  std::span<const services::HistoryEvent> events() const { return events_; }
  const Scope& scope(std::size_t index) const { return scopes_[index]; }
  /// Gives the place of the event before; absent (the size) for the first.
  std::size_t before(std::size_t index) const { return before_[index]; }
  /// Gives the places of those that name it as the one before, ascending.
  std::span<const std::size_t> after(std::size_t index) const { return after_[index]; }

 private:
  std::span<const services::HistoryEvent> events_;
  bool connected_ = true;
  std::vector<Scope> scopes_;
  std::vector<std::size_t> before_;
  std::vector<std::vector<std::size_t>> after_;
};

/// Tells whether an event is an entry into a state ("TaskStateEntered"), or the end of one.
bool enters_state(const services::HistoryEvent& event);
bool leaves_state(const services::HistoryEvent& event);

}  // namespace stepconf::executions
