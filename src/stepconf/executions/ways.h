#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "stepconf/asl/state_machine.h"
#include "stepconf/executions/scopes.h"

namespace stepconf::executions {

/// A way that an execution went on from a state that has several.
struct WayTaken {
  /// Place of the event that ends the state.
  std::size_t at = 0;
  /// The state's full name, and the name of the next one, "End" where the scope ends; as
  /// asl::WaysTaken.
  std::string state{};
  std::string next{};
};

/// Finds the ways that an execution of the machine generated from `machine` took, in order of time.
/// Generated states are passed over.
std::vector<WayTaken> ways_taken(const Scopes& history, const asl::StateMachine& machine);

/// Lists all states of a definition, those of inner scopes included, by name.
std::map<std::string, const asl::State*> states_by_name(const asl::StateMachine& machine);

}  // namespace stepconf::executions
