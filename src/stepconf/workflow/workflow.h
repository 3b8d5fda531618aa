#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/base/units.h"
#include "stepconf/workflow/graph.h"

namespace stepconf::workflow {

/// One step of a workflow: a serverless function applied to a number of jobs (the paper's
/// Definition 1), or a foreign state that takes time but offers no choice.
struct Step {
  /// Unique in the workflow. For ASL the state's name; where one name occurs twice, the enclosing
  /// states' names joined by '/' stand before it.
  std::string name;
  /// The function's name without qualifier; empty for a foreign state.
  std::string function;
  /// Jobs expected when planning. What a run really has is data.
  int jobs = 1;
  /// Whether the step is a Map: its orchestration costs one transition more than its instances.
  bool is_map = false;
  /// Whether several jobs may share an instance. Where not, each job gets an instance of its own,
  /// memory alone is chosen, and `why_not_batched` says why.
  bool batched = true;
  std::string why_not_batched;
  /// The Map's MaxConcurrency: instances * processes stays at or under it. 0 means no bound.
  int max_concurrency = 0;
  /// Share of executions that come to this step: less than 1 behind a Choice and in the handler of
  /// a Catch. Costs ahead are weighed by it; the SLO is to be met whichever way an execution goes.
  double probability = 1;
  /// How long a foreign state is expected to take. Set exactly where `function` is empty.
  std::optional<Seconds> foreign_duration;

  bool is_foreign() const { return foreign_duration.has_value(); }
};

/// One way on from a state that has several.
struct Way {
  /// The state it leads to, as the definition calls it; "End" where the scope ends.
  std::string next;
  /// Of the executions that come to the choice, the share that goes this way; more than 0.
  double share = 1;
  /// The steps that run only on this way, ascending; mostly none where it leads past a step or to
  /// where another way joins.
  std::vector<StepId> steps;
};

/// Where the shares of a choice's ways come from: the user, executions, or nowhere.
enum class SharesAre { given, learnt, assumed };

/// Gives the name as files have it: "given", "learnt", "assumed".
std::string_view to_string(SharesAre are);

/// A state of whose ways on an execution takes one: a Choice, or a state with Catch, whose ways are
/// the one of success and the handlers.
struct Choice {
  /// The state's full name.
  std::string name;
  /// Share of executions that come to it.
  double probability = 1;
  /// At least two; shares sum to 1.
  std::vector<Way> ways;
  SharesAre shares_are = SharesAre::assumed;
  /// Where learnt: from how many executions.
  int executions = 0;
};

/// A DAG of steps. `graph` has one vertex a step, in the order of `steps`.
struct Workflow {
  std::vector<Step> steps;
  Graph graph;
  /// Those with a way that has steps of its own; a choice stands before those behind it.
  std::vector<Choice> choices;

  /// Finds a step by name; absent where no step has it.
  std::optional<StepId> find(std::string_view name) const;
};

}  // namespace stepconf::workflow
