#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "stepconf/asl/flow.h"
#include "stepconf/asl/timestamp.h"
#include "stepconf/base/json.h"
#include "stepconf/cli/workspace.h"

namespace stepconf::cli {

/// Tells one execution from another, and when it started.
struct ExecutionName {
  /// Unique: a random UUID.
  std::string name;
  asl::Timestamp started;
};

ExecutionName name_execution();

/// Makes the flow of one execution of the workspace's workflow, which outlives it.
std::unique_ptr<asl::Flow> make_flow(const Workspace& workspace, const Json& input,
                                     const ExecutionName& execution);

}  // namespace stepconf::cli
