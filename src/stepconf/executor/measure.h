#pragma once

#include <functional>
#include <string>
#include <vector>

#include "stepconf/base/json.h"
#include "stepconf/estimator/duration_model.h"
#include "stepconf/estimator/sample.h"
#include "stepconf/platform/platform.h"

namespace stepconf::executor {

/// One instance to be measured: a function, its load, and the events of its jobs.
struct Measurement {
  std::string function;
  estimator::InstanceLoad load;
  /// As many as `load.jobs`.
  std::vector<Json> events;
};

struct MeasureOptions {
  /// Warm invocations that are kept of each measurement.
  int repeats = 1;
  /// vCPUs that may be promised to sandboxes at once, so that measurements do not disturb each
  /// other; what needs more runs alone.
  double vcpus = 1;
  /// No further invocation is started after this many.
  int max_invocations = 1'000'000;
  /// Nor after this time on the platform's clock.
  Seconds until{1e18};
  /// Asked before each invocation, and whenever the wait is interrupted; true stops.
  std::function<bool()> interrupted = [] { return false; };
  /// Told after each invocation.
  std::function<void(const estimator::Sample&)> ended = [](const estimator::Sample&) {};
};

struct MeasureSummary {
  std::vector<estimator::Sample> samples;
  int invocations = 0;
  bool interrupted = false;
};

/// Measures one instance at a time of each function and memory size, several of these side by side
/// where the CPUs suffice.
///
/// Measurements of the same function and memory size share a sandbox, in the order given. A call
/// that creates the sandbox or is the first with more processes than before pays for their start;
/// it is kept only as a cold sample, or dropped, and `repeats` warm ones follow. A measurement that
/// fails is kept with its error as status and not repeated; smaller memory sizes are still tried.
MeasureSummary measure(platform::Platform& platform, std::vector<Measurement> measurements,
                       const MeasureOptions& options);

}  // namespace stepconf::executor
