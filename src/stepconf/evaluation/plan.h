#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "stepconf/base/json.h"
#include "stepconf/evaluation/alone.h"
#include "stepconf/evaluation/steps.h"
#include "stepconf/platform/local/dispatch_delay.h"

namespace stepconf::evaluation {

/// A function whose predictions are held against the truth.
struct Subject {
  std::string function;
  estimator::ConfigurationSpace space;
  /// What its step has.
  int jobs = 1;
};

/// A function of the ALU test with one event, under a name of its own: "alu-ratio-0.25".
struct Variant {
  std::string name;
  Json event;
  /// The multi-core ratio, or the seconds that it sleeps.
  double value = 0;
};

/// Thins a subject out, for a trial of a few minutes: the first, the middle and the last of each
/// part of the space, and 16 jobs at most.
Subject thinned(Subject subject);

/// The load whose measurement tells what one job takes: the smallest of the ground truth.
estimator::InstanceLoad probe_load(const Subject& subject);

/// Figures 6 and 10 to 13: every load of the subject, where a job takes `work` on one vCPU.
std::vector<AloneTest> truth_tests(const Subject& subject, Seconds work);

/// Figure 3: the ALU test with ratios from 0 to 1, from `event` (three of them where `quick`).
std::vector<Variant> ratio_variants(const Json& event, bool quick);

/// Each ratio at each memory size with one process; `work` is what the event takes on one vCPU.
std::vector<AloneTest> ratio_tests(const std::vector<Variant>& variants,
                                   const std::vector<int>& memory_mb, Seconds work);

/// Figure 4: functions that sleep for 0.1, 1 and 5 s (where `quick` without the last).
std::vector<Variant> sleep_variants(bool quick);

/// Each of them at the smallest memory size in steps of up to `most_instances` instances, one job
/// each; the greatest steps first, so that later ones find warm sandboxes.
std::vector<StepTest> mapping_tests(const std::vector<Variant>& variants, int memory_mb,
                                    int most_instances, bool quick, platform::Dispatch dispatch);

/// Figure 5: whole steps of the subject, with its smallest number of processes, where all instances
/// fit `cpus` CPUs (steps_that_fit), dispatched as Step Functions does.
std::vector<StepTest> step_tests(const Subject& subject, Seconds work, double cpus,
                                 double cpu_scale, bool quick);

/// Which parts of the evaluation are wanted; all where none is named.
class Parts {
 public:
  /// Takes names such as "fig3" and "truth". Throws InvalidInput, with what is known, for others.
  explicit Parts(std::set<std::string> names);

  /// Whether this part was named, or none was.
  bool wants(const std::string& name) const { return names_.empty() || names_.contains(name); }
  /// Whether it was named itself.
  bool names(const std::string& name) const { return names_.contains(name); }
  /// Whether what one of the wanted parts shows needs it: training, truth, fig3, fig4 or fig5.
  bool needs(const std::string& measurement) const;

 private:
  std::set<std::string> names_;
};

}  // namespace stepconf::evaluation
