#pragma once

#include <optional>
#include <string>

#include "stepconf/base/json.h"
#include "stepconf/cli/workspace.h"
#include "stepconf/executor/executor.h"

namespace stepconf::cli {

/// One execution of a deployed state machine, as the command line asks for it.
struct DeployedRun {
  const Workspace& workspace;
  /// --deployment, or empty.
  const std::string& deployment;
  const Json& input;
  std::optional<Seconds> slo;
  /// Is told of the steps when the execution has ended.
  executor::Observer& observer;
};

/// Starts the deployed state machine, follows the execution until it ends, and reads history and
/// logs as a trace (executions/trace.h). Ctrl-C stops the execution. Says on stderr what it does,
/// and what could not be known. Throws InvalidInput where there is no such machine, or it is an
/// Express one, which keeps no history.
executor::RunSummary run_deployed(const DeployedRun& run);

}  // namespace stepconf::cli
