#pragma once

#include <functional>
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
  /// The logarithm to base 10 of the price on a miss that was planned with, where there was one.
  std::optional<double> log_price{};
  /// What the run makes of the price kept for its workflow, SLO and target (absent where none is
  /// kept yet); empty where the strategy has no price.
  std::function<double(std::optional<double>)> move_price{};
};

/// Adds a run that ended by itself to the project's run history. A history that cannot be written
/// is a warning on stderr, never an error: the run is over.
void record_run(const Workspace& workspace, const executor::RunSummary& summary,
                const RunFacts& facts);

}  // namespace stepconf::cli
