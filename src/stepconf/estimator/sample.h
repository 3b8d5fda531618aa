#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/base/units.h"
#include "stepconf/estimator/duration_model.h"

namespace stepconf::estimator {

/// One instance's measurement, a row of the samples file. Absent: unknown.
struct Sample {
  std::string function;
  MemoryMb memory;
  /// Instances of the step that this one belonged to.
  int instances = 1;
  int processes = 1;
  /// Jobs that this instance handled.
  int jobs = 1;
  /// Without INIT; absent only where the status is not ok.
  std::optional<double> duration_ms;
  std::optional<double> init_ms;
  /// The instance's mapping delay.
  std::optional<double> dispatch_ms;
  std::optional<double> max_memory_mb;
  bool cold = false;
  /// "ok", or the error's name: such a row says what is infeasible, not how long it takes.
  std::string status = "ok";
  /// How much this row counts beside others, over 0: older ones count less. No column of the
  /// samples file.
  double weight = 1;

  bool operator==(const Sample&) const = default;

  bool ok() const { return status == "ok"; }
  InstanceLoad load() const { return {memory, processes, jobs, instances}; }
};

/// Reads samples from CSV text (docs/model.md, Samples). Throws InvalidInput "SOURCE:LINE: FIELD is
/// VALUE, must be ..." at the first fault, and where there is no row.
std::vector<Sample> parse_samples(std::string_view text, const std::string& source);

/// Writes samples as CSV with every column; parse_samples reads the same samples back.
std::string write_samples(std::span<const Sample> samples);

}  // namespace stepconf::estimator
