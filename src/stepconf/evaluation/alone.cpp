#include "stepconf/evaluation/alone.h"

#include <fmt/format.h>

#include <ostream>
#include <tuple>

#include "stepconf/executor/measure.h"

namespace stepconf::evaluation {
namespace {

auto sandbox_of(const AloneTest& test) {
  return std::tie(test.function, test.load.memory, test.load.processes);
}

// The tests at the front that share a sandbox.
std::span<const AloneTest> first_group(std::span<const AloneTest> tests) {
  std::size_t count = 1;
  while (count < tests.size() && sandbox_of(tests[count]) == sandbox_of(tests[0])) ++count;
  return tests.first(count);
}

// Measures what is missing of one group, once. Returns the number of samples.
std::size_t measure_group(Bench& bench, std::span<const AloneTest> group, const Repeats& repeats) {
  std::vector<executor::Measurement> missing;
  Seconds expected{0};
  for (const AloneTest& test : group) {
    const int count =
        missing_repeats(bench.file.samples(), test.function, test.load, test.expected, repeats);
    const auto events = events_for(bench.events, test.function, test.load.jobs);
    // As often as it is wanted, for each may be wanted another number of times.
    missing.insert(missing.end(), static_cast<std::size_t>(count),
                   {test.function, test.load, events});
    expected += test.expected * count;
  }
  if (missing.empty()) return 0;

  executor::MeasureOptions options;
  options.vcpus = 0;
  options.interrupted = bench.interrupted;
  const auto summary = executor::measure(bench.platform, std::move(missing), options);
  bench.file.append(summary.samples);
  bench.pace.done(expected);

  const AloneTest& front = group.front();
  bench.lines << fmt::format(
                     "  {:<18} {:>5} MB  {:<11}  {}{}\n", front.function, front.load.memory.value,
                     counted(static_cast<std::size_t>(front.load.processes), "process",
                             "processes"),
                     counted(summary.samples.size(), "sample", "samples"), bench.pace.remark())
              << std::flush;
  return summary.samples.size();
}

}  // namespace

Seconds expected_time(std::span<const AloneTest> tests, std::span<const estimator::Sample> samples,
                      const Repeats& repeats) {
  Seconds sum{0};
  for (const AloneTest& test : tests) {
    sum +=
        test.expected * missing_repeats(samples, test.function, test.load, test.expected, repeats);
  }
  return sum;
}

bool measure_alone(Bench& bench, std::span<const AloneTest> tests, const Repeats& repeats) {
  // What came out shorter than expected is wanted more often than was planned: a second round.
  constexpr int kRounds = 3;
  for (int round = 0; round < kRounds; ++round) {
    std::size_t measured = 0;
    for (auto left = tests; !left.empty();) {
      const auto group = first_group(left);
      left = left.subspan(group.size());
      if (bench.interrupted()) return false;
      measured += measure_group(bench, group, repeats);
    }
    if (measured == 0) break;
  }
  return !bench.interrupted();
}

}  // namespace stepconf::evaluation
