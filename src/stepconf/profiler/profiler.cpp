#include "stepconf/profiler/profiler.h"

#include <chrono>

#include "stepconf/profiler/sample_jobs.h"

namespace stepconf::profiler {

Outlook outlook(const Study& study, const pricing::PriceSheet& prices) {
  Outlook result;
  result.tests = study.remaining_tests();
  // Nearly every test starts a sandbox or a further process once.
  result.invocations = result.tests * (study.options().repeats + 1);
  Spending spent;
  for (const estimator::Sample& sample : study.samples()) {
    if (sample.ok()) spent.add(expense_of(prices, sample));
  }
  if (spent.invocations > 0) {
    const double share = static_cast<double>(result.invocations) / spent.invocations;
    result.expense = Expense{spent.time * share, spent.cost * share};
  }
  return result;
}

store::Record record_now(estimator::Sample sample, const store::Conditions& conditions,
                         store::Origin origin) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return {std::move(sample), conditions, origin, now};
}

Profiler::Profiler(Subjects& subjects, store::SampleStore& store, Budget& budget,
                   const pricing::PriceSheet& prices, Listener& listener,
                   std::function<Seconds()> now)
    : subjects_(subjects),
      store_(store),
      budget_(budget),
      prices_(prices),
      listener_(listener),
      now_(std::move(now)),
      expectation_(prices) {
  for (const auto& [name, subject] : subjects_) {
    for (const estimator::Sample& sample : subject.study.samples()) expectation_.add(sample);
  }
}

std::optional<executor::Measurement> Profiler::next(const std::string& function) {
  const Subject& subject = subjects_.at(function);
  const auto test = subject.study.next();
  if (reserved_.contains(function)) listener_.tested(subject);
  if (!test) return std::nullopt;
  return executor::Measurement{function, test->load, spread(subject.jobs, test->load.jobs),
                               test->repeats};
}

bool Profiler::begin(const executor::Measurement& measurement) {
  const bool cold = !started_.contains({measurement.function, measurement.load.memory});
  const Expense expected = expectation_.next(measurement.function, measurement.load, cold);
  if (!budget_.begin(expected, now_())) return false;
  reserved_[measurement.function] = expected;
  started_.insert({measurement.function, measurement.load.memory});
  return true;
}

void Profiler::ended(const executor::Measurement& measurement, const estimator::Sample& sample,
                     bool kept) {
  Subject& subject = subjects_.at(measurement.function);
  const Expense spent = expense_of(prices_, sample);
  budget_.end(reserved_.at(measurement.function), spent);
  subject.spent.add(spent);
  // Also of a call that started processes: a budget rather expects too much.
  expectation_.add(sample);
  if (!kept) return;
  store_.add(record_now(sample, subject.conditions, store::Origin::profile));
  subject.study.add(sample, store::Origin::profile);
  listener_.kept(sample);
}

}  // namespace stepconf::profiler
