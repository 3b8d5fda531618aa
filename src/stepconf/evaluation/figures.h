#pragma once

#include <span>
#include <string>
#include <vector>

#include "stepconf/estimator/models.h"
#include "stepconf/evaluation/chart.h"
#include "stepconf/evaluation/errors.h"
#include "stepconf/evaluation/plan.h"
#include "stepconf/evaluation/steps.h"

namespace stepconf::evaluation {

// Each makes one of the paper's figures of what was measured; one without curves (or values) where
// nothing was. Durations are means over the warm samples, deviations theirs.

/// Figure 3: duration of the ALU test against memory, a curve for each multi-core ratio.
Chart ratio_chart(std::span<const estimator::Sample> samples);

/// Figure 4: mapping delay of the last instance against the number of instances, for each length of
/// the function; called directly, dispatched as by Step Functions, and as published.
Chart mapping_chart(std::span<const MeasuredStep> direct,
                    std::span<const MeasuredStep> step_functions);

/// Figure 5: duration of the subject's whole steps against the number of instances, a curve for
/// each memory size.
Chart steps_chart(std::span<const MeasuredStep> steps, const std::string& function);

/// Figure 6: duration against memory, a curve for each number of processes, with that number of
/// jobs in the instance, of those measured, that is nearest to 8.
Chart processes_chart(std::span<const estimator::Sample> truth, const std::string& function);

/// Figures 10 and 11 (`number`): duration against memory for each number of jobs in the instance,
/// at the best number of processes: what was measured, and what the model says between `processes`.
Chart fit_chart(int number, std::span<const ErrorRow> rows, const std::string& function,
                const estimator::DurationModel& model);

/// Figures 12 and 13 (`number`): relative errors by memory and jobs in the instance; the mean over
/// the numbers of processes, or the greatest where `greatest` is true.
HeatMap error_map(int number, std::span<const ErrorRow> rows, const std::string& function,
                  bool greatest);

}  // namespace stepconf::evaluation
