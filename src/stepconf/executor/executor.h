#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "stepconf/asl/flow.h"
#include "stepconf/executor/step_record.h"
#include "stepconf/optimizer/strategy.h"
#include "stepconf/platform/platform.h"
#include "stepconf/pricing/bill.h"
#include "stepconf/workflow/workflow.h"

namespace stepconf::executor {

/// Is told what happens while a workflow runs: to show progress, to write a trace.
class Observer {
 public:
  virtual ~Observer() = default;
  /// A step was configured and its instances are being started.
  virtual void step_started(const StepRecord& /*record*/) {}
  /// All instances of the attempt came back, or the execution ended before they did.
  virtual void step_ended(const StepRecord& /*record*/) {}
  /// The execution ended on ways that it took after the last step had ended: a record without a
  /// step.
  virtual void ways_left(const StepRecord& /*record*/) {}
};

struct RunOptions {
  std::string execution;
  /// When it starts, by the wall clock, for the trace; absent: the trace does not say.
  std::optional<asl::Timestamp> started_at{};
  /// Time allowed end to end; absent where no SLO was given.
  std::optional<Seconds> slo;
  /// What instances are billed by, from their measured times.
  pricing::PriceSheet prices;
  /// Bill as the paper does instead of as the vendor does.
  bool paper_cost = false;
  /// Tell the strategy which sandboxes are warm, where the platform knows.
  bool warm_pools = false;
  /// Asked whenever the platform's wait comes back empty-handed; true ends the run as interrupted.
  std::function<bool()> interrupted = [] { return false; };
};

enum class RunStatus { succeeded, failed, interrupted };

/// How an execution ended.
struct RunSummary {
  RunStatus status = RunStatus::succeeded;
  Seconds duration{0};
  Usd cost;
  /// False where not all of it is known; `cost` is what is.
  bool cost_known = true;
  /// Where it succeeded.
  Json output;
  /// Where it failed: named as Step Functions would name them.
  std::string error, cause, step;
  /// In the order in which the attempts ended.
  std::vector<StepRecord> steps;
  /// Where the run's own time went: everything but waiting for the platform.
  Seconds own_time{0};
};

/// Runs a workflow to its end.
///
/// `flow` says what is to be done next, `strategy` how each step is configured, `platform` does it.
/// The jobs of a step that become ready together are one attempt: they are split into contiguous
/// batches, one an instance, each of which the wrapper inside the function serves with the decided
/// number of processes and answers job by job, so that a failed job is retried alone. Everything
/// happens in the caller's thread; the order of events depends on the platform only.
RunSummary run(asl::Flow& flow, const workflow::Workflow& workflow, optimizer::Strategy& strategy,
               platform::Platform& platform, Observer& observer, const RunOptions& options);

}  // namespace stepconf::executor
