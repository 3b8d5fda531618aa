#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "stepconf/objects/object_store.h"
#include "stepconf/runtime/routes.h"
#include "stepconf/wrapper/copy.h"

namespace stepconf::wrapper {

struct WrapperOptions {
  /// How one copy of the runtime is started, and its log written.
  CopyOptions copies;
  /// The Runtime API that hands out the events.
  runtime::Endpoint upstream;
  /// The function's memory size; absent where it is not known.
  std::optional<double> memory_mb;
  /// The workflow's steps; absent where there is no such file.
  std::optional<std::filesystem::path> steps;
  /// Where results go by reference unless a batch says otherwise; empty: nowhere.
  std::string results;
  objects::StoreOptions store;
};

/// What a function's own `bootstrap` is called once the wrapper has its name.
inline constexpr std::string_view kReplacedBootstrap = "bootstrap.stepconf-original";

/// Gathers the options from the program's arguments and from AWS_LAMBDA_RUNTIME_API,
/// STEPCONF_COMMAND (used where there are no arguments; where it is not set, the file
/// kReplacedBootstrap in LAMBDA_TASK_ROOT), AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
/// AWS_LAMBDA_LOG_FORMAT, STEPCONF_STEPS, LAMBDA_TASK_ROOT, STEPCONF_OBJECTS and
/// STEPCONF_S3_CONNECTIONS. Throws InvalidInput that says what is missing.
WrapperOptions options_from_environment(std::vector<std::string> arguments);

/// Stands between the Runtime API and copies of a runtime until the API is gone or SIGTERM or
/// SIGINT comes. Gives the process's exit status; the copies are dead by then. To be called from
/// the main thread, as the only thread.
int run(const WrapperOptions& options);

}  // namespace stepconf::wrapper
