#pragma once

#include <functional>
#include <optional>
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
  /// Warm invocations that are kept, at least 1.
  int repeats = 1;
};

/// Says what is measured and is told what came of it. Called by `measure` in its own thread.
class MeasurementSource {
 public:
  virtual ~MeasurementSource() = default;

  /// Chooses what to measure next of `function`; asked when all samples of its last measurement
  /// have been told. Absent: nothing more, and it is not asked again.
  virtual std::optional<Measurement> next(const std::string& function) = 0;
  /// Decides whether one more invocation of `measurement` is started now. What is refused is asked
  /// for again when another invocation has ended; measuring ends where all are refused.
  virtual bool begin(const Measurement& measurement) = 0;
  /// Takes what one invocation of `measurement` took. It is not `kept` where it paid for the start
  /// of further processes: its duration is nobody's.
  virtual void ended(const Measurement& measurement, const estimator::Sample& sample,
                     bool kept) = 0;
};

/// So many cold calls more than `repeats` end a measurement that no warm one follows: there are
/// functions whose process ends after each call.
inline constexpr int kColdInExcess = 3;

struct MeasureOptions {
  /// vCPUs that may be promised to sandboxes at once, so that measurements do not disturb each
  /// other; what needs more runs alone.
  double vcpus = 1;
  /// Asked before each invocation, and whenever the wait is interrupted; true stops.
  std::function<bool()> interrupted = [] { return false; };
};

/// Measures `functions` as `source` says, one instance at a time of each, several functions side by
/// side where the CPUs suffice. The function with the fewest measurements goes first, so that what
/// ends early leaves something of each. Returns false where it was interrupted.
///
/// Measurements of the same function and memory size share a sandbox. A call that creates the
/// sandbox or is the first with more processes than before pays for their start; it is kept only as
/// a cold sample, or not at all, and the warm ones follow. A measurement that fails is kept with
/// its error as status and not repeated.
bool measure(platform::Platform& platform, const std::vector<std::string>& functions,
             MeasurementSource& source, const MeasureOptions& options);

struct MeasureSummary {
  /// Those that were kept, in the order in which they ended.
  std::vector<estimator::Sample> samples;
  bool interrupted = false;
};

/// Measures what is known beforehand: each function's measurements in the order given.
MeasureSummary measure(platform::Platform& platform, std::vector<Measurement> measurements,
                       const MeasureOptions& options);

}  // namespace stepconf::executor
