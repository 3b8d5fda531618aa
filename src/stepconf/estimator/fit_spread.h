#pragma once

#include <optional>
#include <span>
#include <vector>

#include "stepconf/estimator/duration_model.h"
#include "stepconf/estimator/models.h"
#include "stepconf/estimator/observations.h"
#include "stepconf/estimator/spread.h"

namespace stepconf::estimator {

/// Learns how single durations scatter around the mean of their load: the body's quantiles and the
/// tail where there are enough samples, else a CV. Where hardly any load was measured twice, around
/// the model's prediction.
Spread learn_spread(const DurationModel& model, std::span<const MeasuredLoad> loads);

/// Learns how single durations scatter around the model's prediction for their load.
Spread learn_residual(const DurationModel& model, std::span<const MeasuredLoad> loads);

/// Learns how far the model's means are off: at what was measured (`errors`) and elsewhere
/// (`left_out`), each without what the means' own noise explains.
ModelError learn_model_error(std::span<const LogError> errors,
                             const std::optional<std::vector<LogError>>& left_out);

}  // namespace stepconf::estimator
