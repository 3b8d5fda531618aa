#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "stepconf/asl/execution.h"

namespace stepconf::asl::testing {

inline std::string arn(const std::string& function) {
  return "arn:aws:lambda:us-east-1:123456789012:function:" + function;
}

/// A Task that calls `function`; `rest` are further fields, `"End": true` among them.
inline std::string task(const std::string& function, const std::string& rest = R"("End": true)") {
  return fmt::format(R"({{"Type": "Task", "Resource": "{}", {}}})", arn(function), rest);
}

/// A machine that starts at state A.
inline StateMachine machine(const std::string& states) {
  return StateMachine::parse(R"({"StartAt": "A", "States": {)" + states + "}}", "m.json");
}

/// Drives an execution by hand. Answers name what is answered by its place among all Invokes or
/// timers so far.
class Driver {
 public:
  Driver(StateMachine machine, const std::string& input)
      : execution_(std::move(machine), Json::parse(input),
                   {"e1", "first", "m1", "machine", Timestamp{}}) {}

  void start() { take(execution_.start(Seconds(0))); }
  void succeed(std::size_t invoke, const std::string& result, double now = 0) {
    take(execution_.handle(InvocationSucceeded{invokes.at(invoke).token, Json::parse(result)},
                           Seconds(now)));
  }
  void fail(std::size_t invoke, const std::string& error, double now = 0) {
    take(execution_.handle(InvocationFailed{invokes.at(invoke).token, error, "why"}, Seconds(now)));
  }
  void reach(std::size_t timer) {
    take(execution_.handle(TimeReached{timers.at(timer).token}, timers.at(timer).due));
  }

  /// "STATE: WAY TIMES, ...; " of the ways taken since last asked.
  std::string ways() {
    std::string text;
    for (const auto& [state, ways] : execution_.take_ways()) {
      text += state + ":";
      for (const auto& [way, times] : ways) text += fmt::format(" {} {}", way, times);
      text += "; ";
    }
    return text;
  }

  /// The output as JSON text; "ERROR @STATE: CAUSE" where the execution failed; "" while it runs.
  std::string outcome;
  std::vector<Invoke> invokes;
  std::vector<WaitUntil> timers;

 private:
  void take(const std::vector<Command>& commands) {
    for (const Command& command : commands) {
      if (const auto* invoke = std::get_if<Invoke>(&command)) invokes.push_back(*invoke);
      if (const auto* wait = std::get_if<WaitUntil>(&command)) timers.push_back(*wait);
      if (const auto* success = std::get_if<Succeeded>(&command)) outcome = success->output.dump();
      if (const auto* failure = std::get_if<Failed>(&command)) {
        outcome = fmt::format("{} @{}: {}", failure->error, failure->state, failure->cause);
      }
    }
  }

  Execution execution_;
};

/// Runs a machine that needs no answers to its end.
inline std::string outcome(const std::string& states, const std::string& input) {
  Driver driver(machine(states), input);
  driver.start();
  return driver.outcome;
}

}  // namespace stepconf::asl::testing
