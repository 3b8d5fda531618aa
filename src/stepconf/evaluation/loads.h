#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stepconf/base/units.h"
#include "stepconf/estimator/configuration.h"
#include "stepconf/estimator/duration_model.h"
#include "stepconf/estimator/sample.h"

namespace stepconf::evaluation {

/// Lists every load that an instance can have in a step of `jobs` jobs under a configuration of
/// `space`: each memory size, each number of processes, the jobs of the fullest instance for each
/// number of instances; without those whose processes exceed their jobs, except the smallest
/// number. Ascending by memory, processes, jobs, so that neighbours can share a sandbox.
std::vector<estimator::InstanceLoad> ground_truth_loads(const estimator::ConfigurationSpace& space,
                                                        int jobs);

/// Lists the configurations of `space` with `processes` processes whose instances' vCPUs, times
/// `cpu_scale`, fit `cpus` CPUs all at once, and which split `jobs` jobs into exactly that many
/// instances. Ascending by memory, then descending by instances.
std::vector<estimator::Configuration> steps_that_fit(const estimator::ConfigurationSpace& space,
                                                     int jobs, int processes, double cpus,
                                                     double cpu_scale);

/// Estimates how long a warm instance will take, from `work`, what one job takes on one vCPU: jobs
/// over min(vCPUs, processes). Of a function with threads of its own it is at most this.
Seconds expected_duration(const estimator::InstanceLoad& load, Seconds work);

/// Finds `work` in what was measured: the mean over the warm samples of `load`; absent without any.
std::optional<Seconds> work_of(std::span<const estimator::Sample> samples,
                               const std::string& function, const estimator::InstanceLoad& load);

/// How many warm measurements are to be had of a load.
struct Repeats {
  /// At least so many; of those that take over 4 s each, one fewer but no fewer than one.
  int least = 3;
  /// Short ones until they add up to so much, but no more than `most`.
  Seconds together{0.5};
  int most = 8;
  /// More where they scatter, until their mean is known to this share (its standard error), but no
  /// more than `most_where_uncertain`.
  double certainty = 0.02;
  int most_where_uncertain = 20;

  /// How many are wanted where each takes `one`.
  int wanted(Seconds one) const;
};

/// Tells how many measurements of a load are missing, by the length and scatter of those in
/// `samples`, or by `expected` before there is any. None where one has failed: such a load is known
/// not to run.
int missing_repeats(std::span<const estimator::Sample> samples, const std::string& function,
                    const estimator::InstanceLoad& load, Seconds expected, const Repeats& repeats);

}  // namespace stepconf::evaluation
