#include "stepconf/cli/run_once.h"

#include "stepconf/cli/execution_name.h"
#include "stepconf/executor/given_configurations.h"

namespace stepconf::cli {

executor::RunSummary run_once(const Workspace& workspace, platform::Platform& platform,
                              const Json& input, profiler::SampleJobs& seen,
                              executor::Observer& observer, std::function<bool()> interrupted) {
  std::vector<estimator::Configuration> largest;
  for (const workflow::Step& step : workspace.workflow.steps) {
    const auto space = project::configuration_space(workspace.project, step.function);
    largest.push_back({{space.memory_mb.back()}, space.instances.back(), space.processes.front()});
  }
  executor::GivenConfigurations strategy(std::move(largest), "the largest configuration");
  const ExecutionName execution = name_execution();
  const auto flow = make_flow(workspace, input, execution);
  profiler::RecordingFlow recording(*flow, seen);
  return executor::run(recording, workspace.workflow, strategy, platform, observer,
                       {.execution = execution.name,
                        .slo = std::nullopt,
                        .prices = workspace.prices,
                        .paper_cost = false,
                        .interrupted = std::move(interrupted)});
}

}  // namespace stepconf::cli
