#pragma once

#include <vector>

#include "stepconf/estimator/sample.h"
#include "stepconf/executor/step_record.h"

namespace stepconf::executor {

/// Reads a run's records as measurements: a sample an instance, those of one attempt together. The
/// mapping delay counts from when the step became ready. Instances that were aborted are left out:
/// they say nothing.
std::vector<estimator::Sample> samples_of(const std::vector<StepRecord>& records);

}  // namespace stepconf::executor
