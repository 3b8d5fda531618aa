#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stepconf/estimator/next_test.h"
#include "stepconf/estimator/sample.h"
#include "stepconf/store/sample_store.h"

namespace stepconf::profiler {

struct StudyOptions {
  estimator::ExperimentOptions experiment;
  /// Most tests of the function, those of earlier profilings included.
  int points = 24;
  /// Warm invocations of one test.
  int repeats = 2;
};

/// A load to be measured.
struct Test {
  estimator::InstanceLoad load;
  /// Warm invocations that are still wanted of it.
  int repeats = 1;
  /// Half a sentence for people.
  std::string reason;
};

/// What is known of one function, and what is to be measured next of it. A test is a load with its
/// warm invocations; runs of the workflow are no tests, but inform the choice as well.
class Study {
 public:
  Study(std::string function, StudyOptions options);

  void add(const estimator::Sample& sample, store::Origin origin);

  /// Chooses the next test: what an earlier profiling left unfinished, else what
  /// estimator::next_test asks for. Absent where the expected error is within the goal, nothing
  /// would help, or the most tests are done; `reason` says which.
  std::optional<Test> next() const;

  const std::string& function() const { return function_; }
  const StudyOptions& options() const { return options_; }
  const std::vector<estimator::Sample>& samples() const { return samples_; }
  /// Counts samples of runs of the workflow.
  int runs() const { return runs_; }
  /// Counts tests: loads, each as often as it has been measured, to the end or to a failure.
  int tests() const;
  /// Gives the most tests that may follow: 0 where `next` is absent.
  int remaining_tests() const;
  /// Gives the relative error that predictions are expected to have; absent while that is not
  /// known.
  std::optional<double> error() const { return experiment().error; }
  /// Says why there is no next test.
  std::string reason() const;

 private:
  struct Tested {
    int warm = 0;
    int cold = 0;
    int failures = 0;
    /// Measured by a profiling, which takes `repeats` warm invocations.
    bool profiled = false;
  };

  const estimator::Experiment& experiment() const;
  bool in_space(const estimator::InstanceLoad& load) const;
  bool unfinished(const Tested& tested) const;
  int times(const Tested& tested) const;

  std::string function_;
  StudyOptions options_;
  std::vector<estimator::Sample> samples_;
  std::map<estimator::InstanceLoad, Tested> tested_;
  int runs_ = 0;
  // The estimator's answer for the present samples; it may take its time to find.
  mutable std::optional<estimator::Experiment> experiment_;
};

}  // namespace stepconf::profiler
