#pragma once

#include <span>
#include <string>

#include "stepconf/estimator/next_test.h"
#include "stepconf/evaluation/bench.h"

namespace stepconf::evaluation {

struct TrainingOptions {
  estimator::ExperimentOptions experiment;
  /// Most tests of a function: loads measured, each one that is asked for again counted again.
  int tests = 24;
  /// Warm invocations kept of each test.
  int repeats = 2;
};

/// Counts the tests of a function that `samples` hold: its loads, those with more than `repeats`
/// warm samples as often as that takes. One that failed or was interrupted counts as one.
int tests_of(std::span<const estimator::Sample> samples, const std::string& function, int repeats);

/// Profiles a function: measures what estimator::next_test asks for, one test after another, until
/// it asks for nothing more or the tests are used up, those of an earlier call included. `work` is
/// what a job takes on one vCPU, for the progress. Returns false where it was interrupted.
bool train(Bench& bench, const std::string& function, Seconds work, const TrainingOptions& options);

}  // namespace stepconf::evaluation
