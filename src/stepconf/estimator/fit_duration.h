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
std::optional<DurationModel> fit_form(const DurationForm& form,
                                      std::span<const Observation> observations,
                                      const DurationModel* near = nullptr);

/// Tells the relative errors of predictions against the plain mean of each load.
ErrorSummary errors_of(const DurationModel& model, std::span<const MeasuredLoad> loads);

/// Tells the relative errors for loads that the fit did not see. Each load is left out once, alone
/// while that is affordable, else with others. Absent where the form cannot be determined without
/// some of them: errors on the others alone would flatter it.
std::optional<ErrorSummary> cross_validate(const DurationModel& model,
                                           std::span<const MeasuredLoad> loads);

}  // namespace stepconf::estimator
