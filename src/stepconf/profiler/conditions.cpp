#include "stepconf/profiler/conditions.h"

#include <fmt/format.h>

#include "stepconf/base/hash.h"

namespace stepconf::profiler {

std::string platform_conditions(const project::PlatformChoice& platform, double cpu_scale,
                                bool limits_cpu) {
  std::string text = fmt::format("{}, cpu_scale {:.4g}", platform.kind, cpu_scale);
  if (!limits_cpu) text += ", CPU not limited";
  if (platform.dispatch != "direct") text += ", dispatch " + platform.dispatch;
  return text;
}

std::string lambda_conditions(const std::string& region) { return "lambda, " + region; }

std::string function_fingerprint(const project::Function& function,
                                 const std::filesystem::path& project_folder, const Json& jobs) {
  const Json all = {{"command", function.command},
                    {"directory", function.directory.lexically_relative(project_folder).string()},
                    {"environment", function.environment},
                    {"jobs", jobs}};
  return fmt::format("{:016x}",
                     hash_text(all.dump(-1, ' ', false, Json::error_handler_t::replace)));
}

}  // namespace stepconf::profiler
