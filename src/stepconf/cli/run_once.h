#pragma once

#include <functional>

#include "stepconf/base/json.h"
#include "stepconf/cli/workspace.h"
#include "stepconf/executor/executor.h"
#include "stepconf/platform/platform.h"
#include "stepconf/profiler/sample_jobs.h"

namespace stepconf::cli {

/// Runs the workflow once, every step with most memory and most instances, to see what its jobs
/// are: the events of each function are added to `seen`.
executor::RunSummary run_once(const Workspace& workspace, platform::Platform& platform,
                              const Json& input, profiler::SampleJobs& seen,
                              executor::Observer& observer, std::function<bool()> interrupted);

}  // namespace stepconf::cli
