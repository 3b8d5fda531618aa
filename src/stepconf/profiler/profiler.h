#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "stepconf/executor/measure.h"
#include "stepconf/profiler/budget.h"
#include "stepconf/profiler/expectation.h"
#include "stepconf/profiler/study.h"
#include "stepconf/store/sample_store.h"

namespace stepconf::profiler {

/// A function that is profiled.
struct Subject {
  Study study;
  store::Conditions conditions;
  /// Its jobs, at least one where it is to be measured.
  std::vector<Json> jobs;
  /// In this profiling.
  Spending spent{};
  /// Samples that were in the store before: those of the same conditions, which the study has, and
  /// those of others.
  int resumed = 0;
  int ignored = 0;
};

/// By function.
using Subjects = std::map<std::string, Subject>;

/// Is told how a profiling gets on.
class Listener {
 public:
  virtual ~Listener() = default;
  /// A sample was kept and is in the store.
  virtual void kept(const estimator::Sample& /*sample*/) {}
  /// A test has ended, and what is to follow is known.
  virtual void tested(const Subject& /*subject*/) {}
};

/// Guesses what is still to come of a function at most: `points` bounds it, the goal may end it
/// earlier.
struct Outlook {
  int tests = 0;
  int invocations = 0;
  /// Absent while nothing was measured of the function.
  std::optional<Expense> expense;
};

/// Guesses from the function's own samples so far.
Outlook outlook(const Study& study, const pricing::PriceSheet& prices);

/// Decides what a profiling measures, and keeps each sample as soon as it is there: in the store,
/// in its function's study, and in what later invocations are expected to take.
class Profiler final : public executor::MeasurementSource {
 public:
  /// `now` is the platform's clock. All but it outlive the object. Where `subjects` have samples
  /// already, they are what is expected at first.
  Profiler(Subjects& subjects, store::SampleStore& store, Budget& budget,
           const pricing::PriceSheet& prices, Listener& listener, std::function<Seconds()> now);

  std::optional<executor::Measurement> next(const std::string& function) override;
  bool begin(const executor::Measurement& measurement) override;
  void ended(const executor::Measurement& measurement, const estimator::Sample& sample,
             bool kept) override;

 private:
  Subjects& subjects_;
  store::SampleStore& store_;
  Budget& budget_;
  pricing::PriceSheet prices_;
  Listener& listener_;
  std::function<Seconds()> now_;
  Expectation expectation_;
  // What each function's last invocation was expected to take.
  std::map<std::string, Expense> reserved_;
  // Functions and memory sizes that have had a sandbox in this profiling.
  std::set<std::pair<std::string, MemoryMb>> started_;
};

/// Stamps a sample with the present time.
store::Record record_now(estimator::Sample sample, const store::Conditions& conditions,
                         store::Origin origin);

}  // namespace stepconf::profiler
