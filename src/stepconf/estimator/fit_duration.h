#pragma once

#include <optional>
#include <span>
#include <vector>

#include "stepconf/estimator/duration_model.h"
#include "stepconf/estimator/models.h"
#include "stepconf/estimator/observations.h"

namespace stepconf::estimator {

/// Fits one form to the measured loads; absent where these cannot determine it. `near`: begin from
/// this model's parameters alone instead of the form's own starting points, for a problem that
/// differs little from the one that `near` solves.
std::optional<DurationModel> fit_form(const DurationForm& form, std::span<const MeasuredLoad> loads,
                                      const DurationModel* near = nullptr);

/// Learns what `trend`, fitted to `loads`, misses there. Absent where that is within the noise.
std::optional<DurationModel> interpolate(const DurationModel& trend,
                                         std::span<const MeasuredLoad> loads);

/// Tells the logarithms of measured over predicted means, one for each load.
std::vector<LogError> log_errors(const DurationModel& model, std::span<const MeasuredLoad> loads);

/// The same for loads that the fit did not see: each is left out once, alone while that is
/// affordable, else with others. Absent where the form cannot be determined without some of them:
/// errors on the others alone would flatter it.
std::optional<std::vector<LogError>> left_out_errors(const DurationModel& model,
                                                     std::span<const MeasuredLoad> loads);

/// Tells errors relative to the plain mean of each load.
ErrorSummary summary(std::span<const LogError> errors, std::span<const MeasuredLoad> loads);

}  // namespace stepconf::estimator
