#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stepconf/base/json.h"
#include "stepconf/executions/scopes.h"

namespace stepconf::executions {

/// One call of a function, as a history tells it. Times are seconds since 1970.
struct FunctionCall {
  /// Places of its events in the history; `end` is absent where it has not ended.
  std::size_t scheduled_at = 0;
  std::optional<std::size_t> ended_at{};
  /// Without qualifier.
  std::string function{};
  std::string qualifier{};
  /// What the function was given; null where the history does not have it.
  Json payload{};
  /// What it answered, where it succeeded.
  Json result{};
  double scheduled = 0;
  std::optional<double> started{}, ended{};
  /// "ok", an error's name, or "aborted" where the execution ended first.
  std::string status{};
  std::string cause{};
  /// Empty where the history does not have it, as for calls that failed.
  std::string request_id{};
  /// 1, and one more each time that a Retry, of its own or around it, tried again.
  int attempt = 1;
};

/// Finds the calls of Lambda functions in a history, by lambda:invoke and by a function's ARN as
/// Resource, in the order in which they were scheduled.
std::vector<FunctionCall> function_calls(const Scopes& history);

}  // namespace stepconf::executions
