#pragma once

#include <span>
#include <string>
#include <vector>

#include "stepconf/base/json.h"
#include "stepconf/platform/platform.h"

namespace stepconf::executor {

/// What became of one job of a batch.
struct JobOutcome {
  bool ok = false;
  Json result;
  /// The error's name and what describes it, as Step Functions names and describes a failed Lambda
  /// task.
  std::string error, cause;
};

/// Writes the event by which the wrapper is asked to serve `jobs` with `processes` copies and to
/// answer job by job (docs/formats.md).
std::string batch_event(std::span<const Json* const> jobs, int processes);

/// Reads what came back for a batch of `jobs` jobs. An instance that failed as a whole failed each
/// of its jobs in the same way; an answer that is no batch result fails them with
/// StepConf.InvalidBatchResult.
std::vector<JobOutcome> batch_outcomes(const platform::Completion& completion, std::size_t jobs);

/// Names a failed Lambda task's error as Step Functions does: errors of the Lambda service get the
/// prefix "Lambda.", those of the function and its sandbox keep their own name.
std::string task_error(const std::string& status);

}  // namespace stepconf::executor
