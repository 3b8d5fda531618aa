#pragma once

#include <map>
#include <string>
#include <variant>

#include "stepconf/asl/state_machine.h"
#include "stepconf/base/units.h"
#include "stepconf/workflow/choice_shares.h"
#include "stepconf/workflow/workflow.h"

namespace stepconf::workflow {

/// What a definition does not say and planning needs. Keys are full names of states
/// (asl::State::full_name).
struct PlanningHints {
  /// Jobs expected at a Map state, at least 1: a number, or the name of another Map state that has
  /// as many. 1 where nothing is said.
  std::map<std::string, std::variant<int, std::string>> jobs;
  /// How long a Wait state is expected to take, not negative. Replaces its constant Seconds;
  /// without either it counts as 0.
  std::map<std::string, Seconds> foreign;
  /// By Choice state, or state with Catch: the share of executions that goes each way, by the name
  /// of the state it leads to ("End" where there is none). See given_shares for what is not said.
  std::map<std::string, std::map<std::string, double>> choices = {};
  /// The same learnt from executions: used where `choices` says nothing of a state. What names no
  /// state or way of the definition is ignored (learnt_shares).
  std::map<std::string, LearntWays> learnt_choices = {};
  /// The file that says all this, for messages; the definition's where empty.
  std::string source;
};

/// Builds the workflow that plans are made for. Tasks and Maps of one Task are steps, named as in
/// asl::StepInfo; Wait states are foreign steps; Pass, Choice, Succeed and Fail are no steps, edges
/// go through them. Branches of a Parallel stand between what precedes and what follows it. So do
/// the ways out of a Choice and the handlers of a Catch, side by side: in time a plan allows for
/// every one of them, the worst case. Workflow::choices says that an execution takes one, and
/// Step::probability how many take it. A step inside a Map of several states has the product of the
/// enclosing Maps' expected jobs and is not batched; behind a Choice in there its probability is
/// the share of iterations. An execution that ends in a Fail comes to nothing behind it in its
/// scope; what follows the scope does not count it out. Throws
/// InvalidInput for hints that name no such state (with the nearest known name), are out of range
/// or refer to each other in a circle, and for workflows of more than a million edges.
Workflow from_state_machine(const asl::StateMachine& machine, const PlanningHints& hints);

}  // namespace stepconf::workflow
