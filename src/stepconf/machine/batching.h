#pragma once

#include <optional>
#include <string>

#include "stepconf/base/json.h"
#include "stepconf/base/units.h"
#include "stepconf/machine/definition.h"

namespace stepconf::machine {

/// How the jobs of a Map of one Task travel together without a change in what the Map means
/// (docs/state-machine.md), or why they cannot. Expressions are JSONata of the generated Map, which
/// may use `$stepconf_job` and `$stepconf_index` where they make one job.
struct Batching {
  /// Why each job needs an instance of its own; the other members hold only where this is empty.
  std::string why_not{};

  /// The Map's items.
  std::string items{};
  /// What a job of a batch is.
  std::string job{};
  /// The Map's MaxConcurrency, a number or an expression; empty where it has none.
  std::string max_concurrency{};
  /// What the templates read of the Map's effective input; empty: nothing.
  std::string shared_input{};
  /// What they read of the context object, as a JSONata template; null: nothing.
  OrderedJson shared_context{};
  /// What the wrapper applies to each job (wrapper::Iteration).
  Json entry{};

  /// Output of the generated inner Task, and of the generated Map.
  OrderedJson task_output{};
  OrderedJson output{};
  /// Assign of the generated Map; null: none.
  OrderedJson assign{};
  /// The state's own input, where the generated Map stands.
  std::string input = "$states.input";

  /// Parameters of a Pass before, for an input that JSONata cannot read alike; null: none.
  OrderedJson before{};
  /// A Pass behind, without Next, which does to the result what the Map did; null: none.
  OrderedJson after{};
  /// Whether a Parallel of one branch is needed around it all, to carry Retry and Catch; for a
  /// JSONata Map it has `around_output` and `around_assign` (null: none).
  bool around = false;
  OrderedJson around_output{};
  OrderedJson around_assign{};
};

/// The results of a batched Map, one a job, as JSONata of the generated Map.
inline constexpr char kResults[] = "$reduce($states.result, $append, [])";

/// Finds out how a Map is batched. `machine` is the machine's query language, `timeout` what an
/// invocation of the function may take. REQUIRES: only_task(map, machine).
Batching batching_of(const Json& map, QueryLanguage machine, Seconds timeout);

/// Gives JSONata for the items of any Map, read before it; empty where only JSONPath can say it.
std::string items_expression(const Json& map, QueryLanguage machine);

/// The same for one language of the Map; its Task is in the same.
Batching json_path_batching(const Json& map, const Json& task);
Batching jsonata_batching(const Json& map, const Json& task);
std::string json_path_items(const Json& map);
std::string jsonata_items(const Json& map);

}  // namespace stepconf::machine
