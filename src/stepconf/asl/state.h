#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "stepconf/asl/choice.h"
#include "stepconf/asl/intrinsic.h"
#include "stepconf/asl/lambda_arn.h"
#include "stepconf/asl/path.h"
#include "stepconf/asl/retry.h"
#include "stepconf/asl/template.h"
#include "stepconf/asl/timestamp.h"
#include "stepconf/base/units.h"

namespace stepconf::asl {

struct States;

/// How a state's input becomes its output (https://states-language.net/#filters). An absent path
/// stands for null.
struct DataFlow {
  std::optional<Path> input_path = Path::parse("$");
  std::optional<Template> parameters;
  std::optional<Template> result_selector;
  std::optional<Path> result_path = Path::parse("$");
  std::optional<Path> output_path = Path::parse("$");
};

/// Calls one statically named Lambda function.
struct Task {
  LambdaFunction function;
  /// Whether it is a lambda:invoke: the event is the member Payload of the parameters, the result
  /// is wrapped in the service's answer.
  bool wrapped = false;
  /// Time that each attempt may take.
  std::optional<Seconds> timeout;
};

/// Runs its one inner States for each item.
struct Map {
  std::optional<Path> items_path;
  std::optional<Template> item_selector;
  /// 0: no bound.
  int max_concurrency = 0;
  /// Whether the processor's only state is one Task, so that the Map is a step.
  bool is_step = false;
};

/// Runs all its inner States at once.
struct Parallel {};

struct Pass {
  std::optional<Json> result;
};

struct Choice {
  struct Rule {
    Condition condition;
    std::string next_name;
    std::size_t next = 0;
  };
  std::vector<Rule> rules;
  std::string default_name;
  std::optional<std::size_t> otherwise;
};

/// Exactly one of the four is set.
struct Wait {
  std::optional<Seconds> seconds;
  std::optional<Path> seconds_path;
  std::optional<Timestamp> timestamp;
  std::optional<Path> timestamp_path;
};

struct Succeed {};

struct Fail {
  using Text = std::variant<std::string, Path, Intrinsic>;
  std::optional<Text> error;
  std::optional<Text> cause;
};

struct State {
  std::string name;
  /// Unique in the definition: `name`, or where that occurs twice the enclosing states' names and
  /// `name`, joined by '/'.
  std::string full_name;
  /// The step that this state is or belongs to: a Task's full name, or that of the Map which is a
  /// step. Empty for other states.
  std::string step;
  std::variant<Task, Map, Parallel, Pass, Choice, Wait, Succeed, Fail> kind;
  DataFlow flow;
  /// The state to go on with, an index into States::states; absent where the scope ends here.
  /// Choice has its own.
  std::optional<std::size_t> next;
  std::string next_name;
  std::vector<Retrier> retry;
  std::vector<Catcher> catchers;
  /// A Map's processor (one), a Parallel's branches.
  std::vector<States> inner;
};

/// The states of one scope: the machine, a branch, or a Map's processor. Acyclic, and each is
/// reachable from `start`.
struct States {
  std::vector<State> states;
  std::size_t start = 0;
  /// Indices into `states`, each state after those that lead to it.
  std::vector<std::size_t> order;
};

/// Lists the states that may follow `state` in its scope: Next, Choice's targets, and where each
/// Catch leads.
std::vector<std::size_t> successors(const State& state);

}  // namespace stepconf::asl
