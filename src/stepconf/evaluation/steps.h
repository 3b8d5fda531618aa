#pragma once

#include <span>
#include <string>
#include <vector>

#include "stepconf/estimator/configuration.h"
#include "stepconf/evaluation/bench.h"

namespace stepconf::evaluation {

/// A whole step to be measured: all instances at once, warm.
struct StepTest {
  std::string function;
  estimator::Configuration configuration;
  int jobs = 1;
  int repeats = 1;
  /// What one repeat should take, for the progress.
  Seconds expected{0};
};

/// A whole step as it was measured.
struct MeasuredStep {
  std::string function;
  estimator::Configuration configuration;
  int jobs = 0;
  /// From its beginning until its last instance has ended.
  Seconds duration{0};
  /// From its beginning until its last instance was ready: the mapping delay.
  Seconds delay{0};
  /// Whether all instances were warm and succeeded.
  bool counts = false;

  bool is(const StepTest& test) const {
    return function == test.function && configuration == test.configuration && jobs == test.jobs;
  }
};

/// Reads the steps out of samples in which the rows of each stand together, as measure_steps
/// appends them. Rows that make no whole step are left out.
std::vector<MeasuredStep> steps_in(std::span<const estimator::Sample> samples);

/// Tells how long what is missing of these tests should take.
Seconds expected_time(std::span<const StepTest> tests, std::span<const estimator::Sample> samples);

/// Measures one step after another until each test has its repeats, those of an earlier call
/// included. A step with a cold instance is kept in the file and does not count: it is repeated, a
/// few times at most. Returns false where it was interrupted.
bool measure_steps(Bench& bench, std::span<const StepTest> tests);

}  // namespace stepconf::evaluation
