#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stepconf/base/json.h"
#include "stepconf/machine/batching.h"
#include "stepconf/machine/definition.h"
#include "stepconf/machine/generate.h"
#include "stepconf/machine/load.h"

// The states that are generated for one step.

namespace stepconf::machine {

/// States by name, in the order in which they are written.
using NamedStates = std::vector<std::pair<std::string, OrderedJson>>;

/// One step as its states are written.
struct StepStates {
  /// The step's name, and the variable with its decision.
  std::string step;
  std::string variable;
  const StepChoice* choice = nullptr;
  std::string configurator;
  /// The Map's MaxConcurrency as a number; 0 where it has none.
  int max_concurrency = 0;
  /// Where decisions travel in the execution: the variable with the last one before this step,
  /// empty for the first. Absent where they do not.
  std::optional<std::string> last_decision{};
  /// The machine's own language: states in another one say so.
  QueryLanguage machine = QueryLanguage::json_path;
  /// The names of the states; empty: there is no such state.
  std::string configure{}, before{}, work{}, after{};
};

/// Gives what the generated machine calls for a memory size. REQUIRES: the choice has the size.
std::string called_for(const StepChoice& choice, MemoryMb memory);

/// Writes the Task that asks the configurator, keeps its answer in the step's variable, and passes
/// its input on to `next`. Where it fails, the variable gets the safe answer, with the same members
/// as far as the generated states read them.
OrderedJson configure_state(const StepStates& step, const Load& load, const std::string& next);

/// Writes the states of a batched Map, in the order in which they run: before, configure, work,
/// after; or the Parallel around them, under the name of the Map. `map` has the targets of the
/// generated machine.
NamedStates batched_map(const std::string& name, const OrderedJson& map, const Batching& batching,
                        const StepStates& step);

/// A Task that calls a function chosen at run time.
struct ChosenTask {
  OrderedJson task;
  /// A Pass behind it that does what the Task did to the function's result; null: none. Without
  /// Next, which is the Task's.
  OrderedJson after{};
};

/// Lets a Task call `function` ("$variable.function", or a text that stays) in place of its own.
/// Absent where its result cannot be kept as it was: a function's ARN as Resource with variables or
/// expressions that see the whole result. Errors of ResultSelector and the like arise in the Pass.
std::optional<ChosenTask> with_chosen_function(const OrderedJson& task, QueryLanguage language,
                                               const std::string& variable);

/// Lets a Task call the function named `text` in place of its own, otherwise as it did.
OrderedJson with_fixed_function(const OrderedJson& task, QueryLanguage language,
                                const std::string& text);

/// Gives the Resource that invokes a function, in the partition (aws, aws-cn, ...) of its ARN.
std::string invoke_resource(const std::string& function);

/// Gives Next or End of one state to another.
void give_exit(const OrderedJson& from, OrderedJson& to);

}  // namespace stepconf::machine
