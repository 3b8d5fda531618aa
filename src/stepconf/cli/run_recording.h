#pragma once

#include <optional>
#include <string>

#include "stepconf/cli/execution_name.h"
#include "stepconf/cli/workspace.h"
#include "stepconf/executor/executor.h"

namespace stepconf::cli {

/// What the run history is told of a run beside its summary.
struct RunFacts {
  ExecutionName execution;
  std::string strategy;
  std::optional<Seconds> slo;
  /// The logarithm to base 10 of the price on a miss that was planned with; absent where the
  /// strategy has none, or there is no SLO to miss.
  std::optional<double> log_price{};
};

/// Gives the price of a miss that earlier runs have led to, for the workspace's workflow and
/// target; absent where there were none. A history that cannot be read is a warning on stderr.
std::optional<double> kept_price(const Workspace& workspace, Seconds slo);

/// Adds a run that ended by itself to the project's run history, and moves the price of a miss if
/// it succeeded: up where it was late, else down. A run that failed was no miss that another
/// configuration would have avoided, and one that was interrupted tells nothing: both leave the
/// price. The first run moves the price that it was planned with. A history that cannot be written
/// is a warning on stderr, never an error: the run is over.
void record_run(const Workspace& workspace, const executor::RunSummary& summary,
                const RunFacts& facts);

}  // namespace stepconf::cli
