#pragma once

#include <functional>
#include <string>

#include "stepconf/cli/interruption.h"
#include "stepconf/cli/profile_arguments.h"
#include "stepconf/cli/profile_subjects.h"
#include "stepconf/cli/workspace.h"
#include "stepconf/executor/executor.h"
#include "stepconf/platform/platform.h"
#include "stepconf/profiler/budget.h"
#include "stepconf/profiler/profiler.h"
#include "stepconf/store/sample_store.h"

namespace stepconf::cli {

/// What a profiling works with. All of it outlives the profiling.
struct ProfilingParts {
  const ProfileArguments& arguments;
  const Workspace& workspace;
  const JobSources& sources;
  store::SampleStore& store;
  platform::Platform& platform;
  /// Ends the platform's present wait.
  std::function<void()> interrupt_wait;
  /// What durations depend on beside function and load (profiler::platform_conditions).
  std::string conditions;
  /// vCPUs that may be promised to sandboxes at once (executor::MeasureOptions).
  double vcpus = 0;
  const Interruption& interruption;
};

/// One profiling of a project: goes on from the samples that are stored, runs the workflow once
/// where only that shows what functions are to be measured with, measures, exports and reports.
class Profiling final : private executor::Observer, private profiler::Listener {
 public:
  /// `limits` count from now.
  Profiling(const ProfilingParts& parts, const profiler::Limits& limits);

  /// Returns the exit status.
  int run();

 private:
  void go_on_from_the_store();
  void check_that_jobs_can_be_known() const;
  bool has_to_see_jobs() const;
  void see_jobs_in_a_run();
  void measure();
  void finish();

  // Of the run that shows jobs.
  void step_ended(const executor::StepRecord& record) override;
  // Of the tests.
  void kept(const estimator::Sample& sample) override;
  void tested(const profiler::Subject& subject) override;

  ProfilingParts parts_;
  profiler::Budget budget_;
  Seconds start_;
  profiler::Subjects subjects_;
  bool run_ended_by_budget_ = false;
};

}  // namespace stepconf::cli
