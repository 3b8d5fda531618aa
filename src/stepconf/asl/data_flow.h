#pragma once

#include "stepconf/asl/state.h"
#include "stepconf/base/json.h"

// A state's way from input to output (https://states-language.net/#filters):
// input -InputPath-> -Parameters-> [work] -ResultSelector-> -ResultPath into the input->
// -OutputPath-> output.

namespace stepconf::asl {

/// Applies InputPath to a state's `input`. Throws StateFailure (States.Runtime).
Json effective_input(const DataFlow& flow, const Json& input, const Json& context);

/// Applies InputPath and Parameters, and checks the size of what comes out. Throws StateFailure.
Json work_input(const DataFlow& flow, const Json& input, const Json& context);

/// Applies ResultSelector, ResultPath and OutputPath to the `result` of a state with this `input`,
/// and checks the output's size. Throws StateFailure.
Json state_output(const DataFlow& flow, Json input, Json result, const Json& context);

/// Applies OutputPath alone, for states without a result of their own. Throws StateFailure.
Json apply_output_path(const DataFlow& flow, Json output, const Json& context);

/// The event for a Task's function, and the Task's result from the function's.
Json task_event(const Task& task, const DataFlow& flow, const Json& input, const Json& context);
Json task_result(const Task& task, Json result);

/// The items of a Map, from its effective input. Throws StateFailure (States.Runtime) where
/// ItemsPath names no array.
Json map_items(const Map& map, const Json& effective, const Json& context);

/// How long a Wait takes that is entered at `now`; not negative. Throws StateFailure
/// (States.Runtime) where its path names no proper value.
Seconds wait_duration(const Wait& wait, const Json& effective, const Json& context, Timestamp now);

/// The error that a Fail state ends with.
StateError fail_error(const Fail& fail, const Json& input, const Json& context);

}  // namespace stepconf::asl
