#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stepconf/asl/flow.h"
#include "stepconf/asl/timestamp.h"
#include "stepconf/base/json.h"
#include "stepconf/base/units.h"
#include "stepconf/estimator/configuration.h"
#include "stepconf/optimizer/strategy.h"

namespace stepconf::executor {

/// What one instance of a step did. Times count from the execution's start.
struct InstanceRecord {
  int index = 0;
  int jobs = 0;
  /// Handed to the platform; sandbox ready and the event delivered; result received.
  Seconds dispatched{0}, started{0}, ended{0};
  bool cold = false;
  Seconds init{0};
  int max_memory_mb = 0;
  /// Whether the function's own report is known. Where not, nobody knows the three above, and its
  /// times are those of who called it.
  bool reported = true;
  /// "ok", an error's name, or "aborted" where the execution ended first. An instance is ok when
  /// its batch came back, also where single jobs of it failed.
  std::string status;
  /// Jobs that failed though the batch came back.
  int failed_jobs = 0;
};

/// What one attempt at a step was told to do, why, and what came of it: one line of the trace.
/// Times count from the execution's start. Where an execution goes a way behind its last step, past
/// a Wait, a record without a step says so: it has `execution`, `started_at` and `choices` alone.
struct StepRecord {
  std::string execution;
  /// When the execution started, by the wall clock; absent where nobody told.
  std::optional<asl::Timestamp> started_at;
  std::string step;
  /// The function that the step calls; empty in a trace that does not tell.
  std::string function;
  /// 1 for a step's first jobs, 2 for those that are tried a second time, ...
  int attempt = 1;
  int jobs = 0;
  estimator::Configuration configuration;
  std::optional<Seconds> sub_slo;
  /// Time left until the SLO when the step became ready; absent without an SLO.
  std::optional<Seconds> time_left;
  Seconds ready{0}, decided{0}, ended{0};
  std::optional<Seconds> predicted;
  std::optional<Usd> predicted_cost;
  Usd cost;
  /// False where not all of it is known; `cost` is what is.
  bool cost_known = true;
  std::string reason;
  /// All that the strategy answered; absent in a trace that does not tell. Read from a trace, it
  /// has only what stands nowhere else in the record.
  std::optional<optimizer::Decision> decision;
  /// Whether the machine had less CPU than the sandboxes at work were promised, so that times are
  /// too long.
  bool oversubscribed = false;
  std::vector<InstanceRecord> detail;
  /// The ways that the execution went since the record before, what followed on this step's end
  /// included.
  asl::WaysTaken choices;

  bool tells_of_step() const { return !step.empty(); }
};

/// Writes a record in the trace's form (docs/formats.md): durations in seconds, absent values as
/// null.
OrderedJson to_json(const StepRecord& record);

}  // namespace stepconf::executor
