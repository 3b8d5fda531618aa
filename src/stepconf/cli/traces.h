#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "stepconf/asl/timestamp.h"
#include "stepconf/estimator/session.h"
#include "stepconf/workflow/choice_shares.h"

namespace stepconf::cli {

/// What trace files hold for a fit.
struct Traces {
  /// A session an execution, in order of time.
  std::vector<estimator::Session> executions;
  /// Which ways executions went, those on a machine with too little CPU included.
  std::map<std::string, workflow::LearntWays> choices;
  /// Lines that were left out: the machine had less CPU than it promised; or they stand in several
  /// of the files.
  int oversubscribed = 0;
  int repeated = 0;
};

/// Reads trace files. Lines without `started_at` count as of when their file was last modified.
/// Which function a step calls is told by the workflow of `project` where the line does not say;
/// `project` may be empty as long as all do. Throws InvalidInput "FILE:LINE: PATH ...".
Traces read_traces(const std::vector<std::filesystem::path>& files,
                   const std::filesystem::path& project);

/// Tells when a file was last modified; the beginning of 1970 where that cannot be told.
asl::Timestamp modified_at(const std::filesystem::path& file);

}  // namespace stepconf::cli
