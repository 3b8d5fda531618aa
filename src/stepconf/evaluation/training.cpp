#include "stepconf/evaluation/training.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>

#include "stepconf/evaluation/loads.h"
#include "stepconf/executor/measure.h"

namespace stepconf::evaluation {
namespace {

std::vector<estimator::Sample> samples_of(std::span<const estimator::Sample> samples,
                                          const std::string& function) {
  std::vector<estimator::Sample> result;
  std::ranges::copy_if(samples, std::back_inserter(result),
                       [&](const auto& sample) { return sample.function == function; });
  return result;
}

}  // namespace

int tests_of(std::span<const estimator::Sample> samples, const std::string& function, int repeats) {
  std::map<estimator::InstanceLoad, int> warm;
  for (const estimator::Sample& sample : samples_of(samples, function)) {
    warm[sample.load()] += sample.ok() && !sample.cold ? 1 : 0;
  }
  int tests = 0;
  for (const auto& [load, count] : warm) tests += std::max(1, (count + repeats - 1) / repeats);
  return tests;
}

bool train(Bench& bench, const std::string& function, Seconds work,
           const TrainingOptions& options) {
  for (int test = tests_of(bench.file.samples(), function, options.repeats); test < options.tests;
       ++test) {
    const auto known = samples_of(bench.file.samples(), function);
    const estimator::Experiment experiment = estimator::next_test(known, options.experiment);
    if (!experiment.next) {
      bench.lines << fmt::format("  {}: {} tests, {}\n", function, test, experiment.reason);
      break;
    }
    if (bench.interrupted()) return false;

    const estimator::InstanceLoad& load = *experiment.next;
    executor::MeasureOptions measuring;
    measuring.vcpus = 0;
    measuring.interrupted = bench.interrupted;
    const auto summary = executor::measure(
        bench.platform,
        {{function, load, events_for(bench.events, function, load.jobs), options.repeats}},
        measuring);
    bench.file.append(summary.samples);
    bench.pace.done(expected_duration(load, work) * options.repeats);
    if (summary.interrupted) return false;
    bench.lines << fmt::format(
                       "  {:<18} {:>5} MB  {:<11}  {:<8}  test {}{}\n", function, load.memory.value,
                       counted(static_cast<std::size_t>(load.processes), "process", "processes"),
                       counted(static_cast<std::size_t>(load.jobs), "job", "jobs"), test + 1,
                       bench.pace.remark())
                << std::flush;
  }
  return true;
}

}  // namespace stepconf::evaluation
