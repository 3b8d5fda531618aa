#pragma once

#include <span>
#include <string>

#include "stepconf/estimator/duration_model.h"
#include "stepconf/evaluation/bench.h"
#include "stepconf/evaluation/loads.h"

namespace stepconf::evaluation {

/// An instance to be measured warm, with nothing beside it.
struct AloneTest {
  std::string function;
  estimator::InstanceLoad load;
  /// What it should take, for the number of repeats and the progress.
  Seconds expected{0};
};

/// Tells how long what is missing of these tests in `samples` should take.
Seconds expected_time(std::span<const AloneTest> tests, std::span<const estimator::Sample> samples,
                      const Repeats& repeats);

/// Measures one instance after another until each test has its repeats, those of an earlier call
/// included. Tests of one function, memory size and number of processes that follow one another
/// share a sandbox, and reach the file together. Returns false where it was interrupted; what was
/// measured until then is in the file.
bool measure_alone(Bench& bench, std::span<const AloneTest> tests, const Repeats& repeats);

}  // namespace stepconf::evaluation
