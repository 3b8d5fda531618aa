#include "stepconf/cli/run_deployed.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <iostream>
#include <mutex>

#include "stepconf/base/error.h"
#include "stepconf/cli/aws_account.h"
#include "stepconf/cli/deployment_name.h"
#include "stepconf/cli/execution_logs.h"
#include "stepconf/cli/execution_name.h"
#include "stepconf/cli/interruption.h"
#include "stepconf/cli/run_recording.h"
#include "stepconf/executions/trace.h"
#include "stepconf/services/step_functions.h"

namespace stepconf::cli {
namespace {

constexpr Seconds kFirstPause{0.1};
constexpr Seconds kLongestPause{5};
constexpr double kPauseGrows = 1.3;
// Between two lines that say that the execution goes on.
constexpr Seconds kSilence{10};
// What CloudWatch takes to show what was logged: some seconds.
constexpr Seconds kPatienceWithLogs{20};

// A pause that an interruption ends.
class Pause {
 public:
  explicit Pause(Interruption& interruption)
      : effect_(interruption, [this] {
          const std::scoped_lock lock(mutex_);
          over_ = true;
          changed_.notify_all();
        }) {}

  void wait(Seconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [this] { return over_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  Interruption::Effect effect_;
};

services::StateMachine find_machine(services::StepFunctions& client,
                                    const deploy::DeploymentNames& names) {
  const std::string arn = names.state_machine_arn();
  const auto machine = client.find_machine(arn);
  if (!machine || machine->status == "DELETING") {
    throw InvalidInput(fmt::format(
        "{}: there is no such state machine; `stepconf deploy` makes it, or --deployment names "
        "another deployment than {}",
        arn, names.deployment()));
  }
  if (!names.owns(client.tags(arn))) {
    throw InvalidInput(fmt::format("{}: has no tag {}={}, so it is not this deployment's", arn,
                                   deploy::kDeploymentTag, names.deployment()));
  }
  if (machine->type == "EXPRESS") {
    throw InvalidInput(
        fmt::format("{}: is an Express machine, which keeps no history to be read as a trace; its "
                    "executions are started by your own calls",
                    arn));
  }
  return *machine;
}

services::Execution describe(services::StepFunctions& client, const std::string& arn) {
  try {
    if (auto execution = client.find_execution(arn)) return *execution;
    throw Error("it is not there any more");
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}; the execution may go on", arn, error.what()));
  }
}

// Waits for the end; an interruption stops the execution, and then the end comes soon.
services::Execution follow(services::StepFunctions& client, const std::string& arn,
                           Interruption& interruption) {
  Pause pause(interruption);
  const auto start = std::chrono::steady_clock::now();
  Seconds next_pause = kFirstPause;
  Seconds said{0};
  bool stopped = false;
  while (true) {
    services::Execution execution = describe(client, arn);
    if (execution.status != "RUNNING" && execution.status != "PENDING_REDRIVE") return execution;
    if (interruption.requested() && stopped) {
      // The service says when it has stopped; nobody needs to wait for it.
      execution.status = "ABORTED";
      return execution;
    }
    if (interruption.requested()) {
      client.stop(arn, "StepConf.Interrupted", "stopped by the user of `stepconf run`");
      std::cerr << "Stopped the execution; calls of functions that are at work end by themselves\n";
      stopped = true;
      continue;
    }
    pause.wait(next_pause);
    next_pause = std::min(next_pause * kPauseGrows, kLongestPause);
    const Seconds elapsed = std::chrono::steady_clock::now() - start;
    if (elapsed - said < kSilence || interruption.requested()) continue;
    said = elapsed;
    std::cerr << fmt::format("  {}: running\n", format_duration(elapsed));
  }
}

// How the execution ended is known, also where its steps are not.
void read_history(services::StepFunctions& client, executions::Told& told) {
  try {
    told.events = client.history(told.execution.arn);
  } catch (const Error& error) {
    std::cerr << fmt::format("warning: there is no trace of the steps: {}\n", error.what());
  }
}

void tell(const executions::ReadExecution& read, executor::Observer& observer) {
  for (const executor::StepRecord& record : read.summary.steps) {
    observer.step_started(record);
    observer.step_ended(record);
  }
  if (read.ways_left) observer.ways_left(*read.ways_left);
  if (!read.connected) {
    std::cerr << "warning: the history does not say which event came before which, so there is no "
                 "trace of the steps\n";
  }
  if (!read.unreported.empty()) {
    std::cerr << fmt::format(
        "warning: {} calls have no report in their logs: cold starts, memory and cost of their "
        "steps are not known\n",
        read.unreported.size());
  }
}

}  // namespace

executor::RunSummary run_deployed(const DeployedRun& run) {
  Interruption interruption;
  const Workspace& workspace = run.workspace;
  if (!workspace.machine) {
    throw InvalidInput(fmt::format("{}: has steps, no workflow, so there is no state machine of it",
                                   workspace.project.file.string()));
  }
  const AwsAccount account = open_account();
  const deploy::DeploymentNames names(deployment_name(workspace.project, run.deployment),
                                      account.account);
  services::StepFunctions client(account.session);
  const services::StateMachine machine = find_machine(client, names);

  // By its name the service knows the request again where the answer is lost.
  ExecutionName execution = name_execution();
  const std::string arn = client.start(machine.arn, run.input.dump(), execution.name);
  std::cerr << fmt::format("{}: {}\n", arn,
                           run.slo ? "SLO " + format_duration(*run.slo) : "no SLO");
  executions::Told told{.execution = follow(client, arn, interruption)};
  told.execution.name = execution.name;
  told.execution.arn = arn;
  const bool interrupted = interruption.requested();
  read_history(client, told);
  services::Logs logs(account.session);
  read_logs(logs, names, kPatienceWithLogs, interruption, told);
  executions::ReadExecution read =
      executions::read_execution(told,
                                 {.machine = *workspace.machine,
                                  .workflow = workspace.workflow,
                                  .names = names,
                                  .prices = workspace.prices,
                                  .paper_cost = workspace.project.paper_cost},
                                 run.slo);
  if (interrupted && read.summary.status == executor::RunStatus::failed)
    read.summary.status = executor::RunStatus::interrupted;
  tell(read, run.observer);
  execution.started =
      asl::Timestamp(std::chrono::milliseconds(std::llround(told.execution.started * 1e3)));
  record_run(workspace, read.summary,
             {.execution = execution, .strategy = "deployed", .slo = run.slo});
  return std::move(read.summary);
}

}  // namespace stepconf::cli
