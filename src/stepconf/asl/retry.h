#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/asl/fields.h"
#include "stepconf/asl/path.h"
#include "stepconf/base/units.h"

namespace stepconf::asl {

/// An error as Retry and Catch see it.
struct StateError {
  std::string error;
  std::string cause;
  /// The step or state in which it arose.
  std::string where;
  /// Whether it came out of a branch of the Parallel that now has it.
  bool from_branch = false;
};

/// Error names of a Retrier or Catcher.
struct ErrorNames {
  std::vector<std::string> names;

  /// Tells whether the error is named here, or by a wildcard. States.Runtime is never;
  /// States.DataLimitExceeded only by its own name; States.ALL matches all others,
  /// States.TaskFailed all others but States.Timeout; States.BranchFailed any error that a Parallel
  /// has from a branch
  /// (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html).
  bool match(const StateError& error) const;
};

struct Retrier {
  ErrorNames errors;
  Seconds interval{1};
  std::int64_t max_attempts = 3;
  double backoff_rate = 2.0;
  std::optional<Seconds> max_delay;
  /// JitterStrategy FULL: each delay is drawn evenly from 0 to what it would be without.
  bool full_jitter = false;

  /// Gives the time before retry number `attempt` (from 0): interval * backoff_rate^attempt, at
  /// most max_delay, or a year; with full jitter the share `draw` (0 to 1) of that.
  Seconds delay(std::int64_t attempt, double draw) const;
};

/// Finds the Retrier for an error: the first that names it, as an index. `attempts` says how often
/// each has retried; absent where none names the error or the one that does may not retry again.
std::optional<std::size_t> retrier_for(std::span<const Retrier> retriers,
                                       std::span<const std::int64_t> attempts,
                                       const StateError& error);

struct Catcher {
  ErrorNames errors;
  /// The state to go on with, an index into the scope's states.
  std::size_t next = 0;
  std::string next_name;
  /// Where the error output goes in the state's input; absent for ResultPath null.
  std::optional<Path> result_path;
};

/// Read the fields Retry and Catch of a state. Throw InvalidInput that names the field. `next` of
/// Catchers is still to be resolved.
std::vector<Retrier> parse_retry(Fields& state);
std::vector<Catcher> parse_catch(Fields& state);

}  // namespace stepconf::asl
