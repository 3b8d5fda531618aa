#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "stepconf/cli/workspace.h"
#include "stepconf/platform/local/local_options.h"

namespace stepconf::cli {

/// Gives the most vCPUs that the sandboxes of a workflow can be promised at once: the largest
/// total, over steps that may run together, of instances times the memory size's vCPUs. Exact for
/// series-parallel workflows; for others, at most too large.
double widest_moment(const Workspace& workspace);

/// Gives the project's cpu_scale; for auto the largest, at most 1, with which the widest moment
/// fits this machine's CPUs.
double cpu_scale_of(const Workspace& workspace);

/// Describes the project's functions to the local platform. Lines that functions write go to `log`.
/// Throws InvalidInput where the project's platform is not local, where a function of the workflow
/// has no command, or where stepconf-wrapper is not found beside this program.
platform::LocalPlatformOptions local_options(
    const Workspace& workspace, std::function<void(std::string_view, std::string_view)> log);

}  // namespace stepconf::cli
