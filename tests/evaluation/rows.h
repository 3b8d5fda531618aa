#pragma once

#include <string>

#include "stepconf/estimator/sample.h"

namespace stepconf::evaluation {

/// A warm sample.
inline estimator::Sample row(const std::string& function, int memory, int processes, int jobs,
                             double seconds) {
  estimator::Sample sample;
  sample.function = function;
  sample.memory = {memory};
  sample.processes = processes;
  sample.jobs = jobs;
  sample.duration_ms = seconds * 1e3;
  return sample;
}

/// A row of a step of several instances.
inline estimator::Sample step_row(const std::string& function, int instances, double delay,
                                  double seconds) {
  estimator::Sample sample = row(function, 512, 1, 1, seconds);
  sample.instances = instances;
  sample.dispatch_ms = delay * 1e3;
  return sample;
}

}  // namespace stepconf::evaluation
