#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "stepconf/wrapper/iteration.h"

namespace stepconf::wrapper {

/// The steps of a workflow by name, as `deploy` puts them beside a function: {"schema": 1, "steps":
/// {NAME: {"Map": ..., "Task": ...}}}. Read when a step is first asked for. Not to be shared
/// between threads.
class StepsFile {
 public:
  /// Absent: there is no such file, and no step has an entry.
  explicit StepsFile(std::optional<std::filesystem::path> path) : path_(std::move(path)) {}

  /// Gives a step's iteration; null where the file has no entry for it. Throws InvalidInput that
  /// names the file where it cannot be used.
  std::shared_ptr<const Iteration> find(const std::string& step);

 private:
  void read();

  std::optional<std::filesystem::path> path_;
  bool read_ = false;
  std::map<std::string, std::shared_ptr<const Iteration>> steps_;
};

/// Finds the steps file: what STEPCONF_STEPS names, else stepconf-steps.json in LAMBDA_TASK_ROOT,
/// then in /opt; absent where there is none.
std::optional<std::filesystem::path> steps_file_from_environment();

}  // namespace stepconf::wrapper
