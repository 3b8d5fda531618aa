#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/estimator/duration_model.h"
#include "stepconf/estimator/observations.h"

namespace stepconf::estimator {

/// The form that was taken for a function, fitted.
struct ChosenForm {
  DurationModel model;
  /// Logarithms of measured over predicted, one for each load.
  std::vector<LogError> errors;
  /// The same for loads left out of the fit; absent where too few were measured.
  std::optional<std::vector<LogError>> left_out;
  /// Against which others it was chosen, and by what.
  std::string because;
};

/// Fits the form `wanted`, or chooses: `auto` among all forms and their corrections, `equation1`
/// among the paper's own, `interpolated` among the corrected ones. Cross-validation judges; where
/// it finds two alike the simpler one is taken. Absent where the loads cannot determine a form.
std::optional<ChosenForm> choose_form(std::string_view wanted, std::span<const MeasuredLoad> loads);

/// Throws InvalidInput, which names the nearest known one, where `wanted` is nothing to choose.
void require_known_form(std::string_view wanted);

}  // namespace stepconf::estimator
