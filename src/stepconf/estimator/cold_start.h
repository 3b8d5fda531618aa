#pragma once

#include <span>

#include "stepconf/base/units.h"
#include "stepconf/estimator/duration_model.h"
#include "stepconf/estimator/sample.h"

namespace stepconf::estimator {

/// What an instance takes longer when its sandbox has to be made. The default: nothing, or nothing
/// known.
struct ColdStart {
  /// INIT, which hardly depends on memory; its mean and coefficient of variation.
  double init_s = 0;
  double init_cv = 0;
  /// What the first call takes longer than a warm one: imports and connections made in the handler.
  /// A part that no memory shortens, and work at up to one vCPU.
  double first_call_s = 0;
  double first_call_work = 0;
  /// Cold rows behind it.
  int samples = 0;

  bool operator==(const ColdStart&) const = default;

  /// Gives what the first call takes longer than a warm one, without INIT.
  Seconds first_call(MemoryMb memory) const;
};

/// Learns from the cold rows among `samples` of one function: INIT from init_ms, the first call
/// from what their durations exceed the prediction for a warm one by.
ColdStart learn_cold_start(std::span<const Sample* const> samples, const DurationModel& warm);

}  // namespace stepconf::estimator
