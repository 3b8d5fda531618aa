#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "stepconf/base/json.h"
#include "stepconf/base/units.h"

namespace stepconf::asl {

/// Names one thing that a flow waits for; unique within the flow.
using Token = std::uint64_t;

/// Command: apply `function` to `event`. All calls of one step that appear in the same list of
/// commands are jobs of that step that may run together, in the order of their results.
struct Invoke {
  Token token = 0;
  /// The step's name, as in workflow::Step.
  std::string step;
  std::string function;
  Json event;
  /// 1, and one more each time that a Retry, of its own or around it, tries the job again.
  int attempt = 1;
};

/// Command: tell the flow when `due` (since the execution's start) has come.
struct WaitUntil {
  Token token = 0;
  Seconds due{0};
};

/// Command: the execution ended with this output.
struct Succeeded {
  Json output;
};

/// Command: the execution ended with this error, named as Step Functions would name it.
struct Failed {
  std::string error;
  std::string cause;
  /// The step or state in which it arose; empty where it is the whole execution's.
  std::string state;
};

using Command = std::variant<Invoke, WaitUntil, Succeeded, Failed>;

/// Event: the function returned.
struct InvocationSucceeded {
  Token token = 0;
  Json result;
};

/// Event: the call failed. `error` is the error's name, `cause` what describes it (for a Lambda
/// function its whole error document as text).
struct InvocationFailed {
  Token token = 0;
  std::string error;
  std::string cause;
};

/// Event: the time of a WaitUntil has come.
struct TimeReached {
  Token token = 0;
};

using Event = std::variant<InvocationSucceeded, InvocationFailed, TimeReached>;

/// How often executions went on which way: by the full name of a state that has several (a Choice,
/// or a state with Catch), by the name of the state that the way leads to; "End" where the scope
/// ends.
using WaysTaken = std::map<std::string, std::map<std::string, int>>;

/// A workflow's progress as a pure machine: events in, commands out. It knows no clock, socket or
/// thread; `now` is the time since the execution's start. After Succeeded or Failed it gives no
/// more commands. Events for tokens that no longer matter (a sibling branch failed, a time-out that
/// came too late) are taken and without effect; a token that was never given throws Error.
class Flow {
 public:
  virtual ~Flow() = default;
  virtual std::vector<Command> start(Seconds now) = 0;
  virtual std::vector<Command> handle(const Event& event, Seconds now) = 0;
  /// Gives the ways taken since this was last asked; nothing where the workflow has no choice.
  virtual WaysTaken take_ways() { return {}; }
};

}  // namespace stepconf::asl
