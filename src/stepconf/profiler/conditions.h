#pragma once

#include <filesystem>
#include <string>

#include "stepconf/base/json.h"
#include "stepconf/project/project.h"

namespace stepconf::profiler {

/// Describes in a few words what durations depend on beside function and load:
/// "local, cpu_scale 0.25". Equal texts mean samples that may be mixed.
std::string platform_conditions(const project::PlatformChoice& platform, double cpu_scale,
                                bool limits_cpu);

/// The same for AWS Lambda: "lambda, us-east-1".
std::string lambda_conditions(const std::string& region);

/// Fingerprints a function and the jobs that it is measured with: its command, environment and
/// directory (relative to the project's folder, so that a project may be moved), and `jobs`, the
/// events or whatever they follow from. The function's own code plays no part.
std::string function_fingerprint(const project::Function& function,
                                 const std::filesystem::path& project_folder, const Json& jobs);

}  // namespace stepconf::profiler
