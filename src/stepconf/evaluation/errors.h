#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "stepconf/estimator/models.h"
#include "stepconf/estimator/sample.h"

namespace stepconf::evaluation {

/// One load of the ground truth beside what the model says of it.
struct ErrorRow {
  std::string function;
  estimator::InstanceLoad load;
  /// Of the warm samples; the deviation is that of a sample, 0 where there is one only.
  double measured_s = 0;
  double deviation_s = 0;
  int repeats = 0;
  double predicted_s = 0;

  /// How far the prediction is off, of what was measured; positive where it is too long.
  double relative() const { return predicted_s / measured_s - 1; }
};

/// The relative errors of one function, regardless of their sign.
struct ErrorsOfFunction {
  int loads = 0;
  double mean = 0;
  /// The greatest, and where it is.
  ErrorRow worst;
};

/// Holds the models against every load that was measured warm, function by function in the order of
/// `truth`'s names, loads ascending. Functions without a fitted model are left out.
std::vector<ErrorRow> error_rows(std::span<const estimator::Sample> truth,
                                 const estimator::Models& models);

/// Sums them up by function.
std::map<std::string, ErrorsOfFunction> summarize(std::span<const ErrorRow> rows);

/// Writes them as CSV: function, memory_mb, processes, jobs, measured_s, deviation_s, repeats,
/// predicted_s, relative_error.
std::string to_csv(std::span<const ErrorRow> rows);

}  // namespace stepconf::evaluation
