#include "stepconf/cli/traces.h"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <string>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/cli/workspace.h"
#include "stepconf/executor/samples.h"
#include "stepconf/executor/trace.h"
#include "stepconf/executor/way_counts.h"

namespace stepconf::cli {
namespace {

// Tells which function a step calls, from the project, which is opened when it is first needed.
class Functions {
 public:
  explicit Functions(const std::filesystem::path& project) : project_(project) {}

  std::string of(const std::string& step, const std::string& place) {
    if (project_.empty()) {
      throw InvalidInput(place +
                         ": $.function is missing, as in traces of older versions; name the "
                         "project whose workflow was run: stepconf fit PROJECT --traces ...");
    }
    if (!workspace_) workspace_ = open_workspace(project_, {}, ModelsAre::ignored);
    const auto id = workspace_->workflow.find(step);
    if (!id) {
      throw InvalidInput(fmt::format("{}: $.step is \"{}\", must be a step of the workflow of {}",
                                     place, step, workspace_->project.file.string()));
    }
    return workspace_->workflow.steps[static_cast<std::size_t>(*id)].function;
  }

 private:
  std::filesystem::path project_;
  std::optional<Workspace> workspace_;
};

}  // namespace

Traces read_traces(const std::vector<std::filesystem::path>& files,
                   const std::filesystem::path& project) {
  Traces traces;
  Functions functions(project);
  std::vector<executor::StepRecord> records;
  executor::WayCounts ways;
  std::set<std::string> seen;
  for (const std::filesystem::path& file : files) {
    for (auto& [number, record] : executor::parse_trace(read_file(file), file.string())) {
      if (!seen.insert(executor::to_json(record).dump()).second) {
        ++traces.repeated;
        continue;
      }
      ways.add(record);
      if (!record.tells_of_step()) continue;
      if (record.oversubscribed) {
        ++traces.oversubscribed;
        continue;
      }
      if (!record.started_at) record.started_at = modified_at(file);
      if (record.function.empty())
        record.function = functions.of(record.step, fmt::format("{}:{}", file.string(), number));
      records.push_back(std::move(record));
    }
  }
  traces.executions = executor::sessions_of(records);
  traces.choices = ways.choices();
  return traces;
}

asl::Timestamp modified_at(const std::filesystem::path& file) {
  std::error_code problem;
  const auto time = std::filesystem::last_write_time(file, problem);
  if (problem) return {};
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::file_clock::to_sys(time));
}

}  // namespace stepconf::cli
