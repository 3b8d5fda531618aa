#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stepconf/asl/state_machine.h"
#include "stepconf/deploy/deployment_names.h"
#include "stepconf/executor/executor.h"
#include "stepconf/platform/lambda/invocation_report.h"
#include "stepconf/pricing/price_sheet.h"
#include "stepconf/services/step_functions.h"
#include "stepconf/workflow/workflow.h"

namespace stepconf::executions {

/// All that AWS tells of one execution of a deployed state machine.
struct Told {
  services::Execution execution{};
  /// The whole history, ascending.
  std::vector<services::HistoryEvent> events{};
  /// From the functions' logs, by request.
  std::map<std::string, platform::InvocationReport> reports{};
  /// The configurator's log lines (docs/configurator.md, "Its log").
  std::vector<Json> decisions{};
};

/// What an execution is read against. All of it outlives the reading.
struct Deployed {
  /// The user's definition, not the generated one.
  const asl::StateMachine& machine;
  const workflow::Workflow& workflow;
  const deploy::DeploymentNames& names;
  const pricing::PriceSheet& prices;
  bool paper_cost = false;
};

struct ReadExecution {
  /// As executor::run would tell it. An execution that was aborted has failed, with the error that
  /// it was stopped with. `own_time` is 0.
  executor::RunSummary summary{};
  /// Ways of an execution without any step.
  std::optional<executor::StepRecord> ways_left{};
  /// Ids of requests of which no report is known.
  std::vector<std::string> unreported{};
  /// False where the history does not say which event came before which: there are no steps then.
  bool connected = true;
};

/// Reads an execution as a trace: the calls of a step's functions that belong to one decision and
/// attempt are one record. Instances are dispatched when their Task is scheduled, and have ended
/// when it has; they have started as long before as the function's report says it worked, so the
/// way there and back and INIT count as mapping delay, and without a report when Step Functions
/// says so. What nobody told is marked as unknown (InstanceRecord::reported,
/// StepRecord::cost_known). What happened in the child executions of a Distributed Map is not in
/// the history, and so in no record. Costs are the functions' and the configurator's reports and
/// the transitions of the history. Pure.
ReadExecution read_execution(const Told& told, const Deployed& deployed,
                             const std::optional<Seconds>& slo);

/// Gives the functions that an execution called, and the ids of the requests whose reports would
/// complete the trace. Calls that failed have none in the history.
std::map<std::string, std::vector<std::string>> requests_by_function(
    const std::vector<services::HistoryEvent>& events);

}  // namespace stepconf::executions
