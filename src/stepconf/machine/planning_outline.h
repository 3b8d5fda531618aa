#pragma once

#include <string>
#include <string_view>

namespace stepconf::machine {

/// Gives a definition of the same states, functions and ways that asl/ can read whatever the
/// original uses, for planning and never for running: JSONata, Assign, Distributed Maps and all
/// data flow are left out; a state that calls another service, or a function that is known at run
/// time only, becomes a Wait (which `foreign` gives its expected time), within a Parallel of its
/// name where it has a Catch. Names stay, so full names do (asl::State::full_name). Throws
/// InvalidInput that names `source` where the text is no JSON object with StartAt and States, or a
/// state is none.
std::string planning_outline(std::string_view definition, std::string_view source);

}  // namespace stepconf::machine
