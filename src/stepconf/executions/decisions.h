#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stepconf/executions/function_calls.h"
#include "stepconf/optimizer/strategy.h"

namespace stepconf::executions {

/// One question to the configurator, and its answer.
struct AskedDecision {
  std::string step{};
  /// Place of the call's first event.
  std::size_t scheduled_at = 0;
  /// When the state that asks was entered, and when the answer was there; seconds since 1970.
  double entered = 0;
  double answered = 0;
  /// The configurator's error; empty where it answered.
  std::string error{};
  /// What it answered; null where it did not.
  Json answer{};
  std::string request_id{};
};

/// What a log line of the configurator says of a decision beyond its answer.
struct LoggedDecision {
  std::optional<Seconds> sub_slo{};
  std::optional<optimizer::Decision> decision{};
  std::string reason{};
};

/// Finds the questions to the function named `configurator` among the calls of a history.
std::vector<AskedDecision> asked_decisions(const Scopes& history,
                                           const std::vector<FunctionCall>& calls,
                                           const std::string& configurator);

/// Gives, for each event, which of `asked` was the last one on the way to it, by step.
class DecisionsBefore {
 public:
  DecisionsBefore(const Scopes& history, const std::vector<AskedDecision>& asked);
  /// Gives the place in `asked`; absent where nobody was asked about the step.
  std::optional<std::size_t> find(std::size_t event, const std::string& step) const;

 private:
  std::vector<std::map<std::string, std::size_t>> last_;
};

/// Finds the line that tells of a question about `step` asked `ready` after the execution's start,
/// and reads it; absent where there is none, or it cannot be read.
std::optional<LoggedDecision> logged_decision(const std::vector<Json>& lines,
                                              const std::string& execution_arn,
                                              const std::string& step, Seconds ready);

}  // namespace stepconf::executions
