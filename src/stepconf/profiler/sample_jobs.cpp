#include "stepconf/profiler/sample_jobs.h"

#include <fmt/format.h>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"

namespace stepconf::profiler {

SampleJobs sample_jobs_of(const project::Project& project) {
  SampleJobs result;
  for (const auto& [name, function] : project.functions) {
    if (function.profile_event) result[name] = {*function.profile_event};
    if (!function.profile_events) continue;
    const std::string file = function.profile_events->string();
    const Json jobs = parse_json(read_file(file), file);
    if (!jobs.is_array() || jobs.empty()) {
      throw InvalidInput(
          fmt::format("{}: must be a JSON array of sample jobs, at least one", file));
    }
    result[name] = jobs.get<std::vector<Json>>();
  }
  return result;
}

std::vector<Json> spread(const std::vector<Json>& jobs, int count) {
  std::vector<Json> result;
  for (int index = 0; index < count; ++index) {
    const double place = (index + 0.5) * static_cast<double>(jobs.size()) / count;
    result.push_back(jobs[static_cast<std::size_t>(place)]);
  }
  return result;
}

std::vector<asl::Command> RecordingFlow::keep(std::vector<asl::Command> commands) {
  for (const asl::Command& command : commands) {
    if (const auto* invoke = std::get_if<asl::Invoke>(&command)) {
      jobs_[invoke->function].push_back(invoke->event);
    }
  }
  return commands;
}

}  // namespace stepconf::profiler
