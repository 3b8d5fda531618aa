#pragma once

#include <span>
#include <vector>

#include "stepconf/estimator/sample.h"
#include "stepconf/estimator/session.h"
#include "stepconf/executor/step_record.h"

namespace stepconf::executor {

/// Reads a run's records as measurements: a sample an instance, those of one attempt together. The
/// mapping delay counts from when the step became ready. Instances that were aborted are left out,
/// and those of which single jobs failed: they say neither how long the jobs take nor what cannot
/// run; so are those that worked without the function's own report.
std::vector<estimator::Sample> samples_of(std::span<const StepRecord> records);

/// Reads the records of any number of executions as a session each, in order of time. Where an
/// execution's start is not known, it is taken to be 1970.
std::vector<estimator::Session> sessions_of(std::span<const StepRecord> records);

}  // namespace stepconf::executor
