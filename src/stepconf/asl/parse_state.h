#pragma once

#include "stepconf/asl/fields.h"
#include "stepconf/asl/state.h"

namespace stepconf::asl {

/// Reads the fields StartAt and States of a machine, branch or processor into a checked scope.
/// `owner` names it in messages; `fields` is finished by the caller. Throws InvalidInput that names
/// file, state and field where anything is unknown, missing, inconsistent or not supported.
States parse_states(Fields& fields, const Place& owner);

/// Reads one state of any type; targets stay names until the scope is known. Throws as
/// parse_states.
State parse_state(const std::string& name, const Json& json, const std::string& source);

/// Refuses JSONata where a machine, processor or state asks for it.
void check_query_language(Fields& fields);

}  // namespace stepconf::asl
