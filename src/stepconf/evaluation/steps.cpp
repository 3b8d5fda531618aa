#include "stepconf/evaluation/steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <ostream>

#include "stepconf/executor/batch.h"

namespace stepconf::evaluation {
namespace {

using estimator::Sample;

bool same_step(const Sample& a, const Sample& b) {
  return a.function == b.function && a.memory == b.memory && a.instances == b.instances &&
         a.processes == b.processes;
}

MeasuredStep step_of(std::span<const Sample> rows) {
  MeasuredStep step;
  const Sample& first = rows.front();
  step.function = first.function;
  step.configuration = {first.memory, first.instances, first.processes};
  step.counts = true;
  for (const Sample& row : rows) {
    const double delay = row.dispatch_ms.value_or(0);
    step.jobs += row.jobs;
    step.delay = std::max(step.delay, Seconds(delay / 1e3));
    step.duration = std::max(step.duration, Seconds((delay + row.duration_ms.value_or(0)) / 1e3));
    step.counts = step.counts && row.ok() && !row.cold;
  }
  return step;
}

int missing(const StepTest& test, const std::vector<MeasuredStep>& steps) {
  const auto had = std::ranges::count_if(
      steps, [&](const MeasuredStep& step) { return step.counts && step.is(test); });
  return std::max(0, test.repeats - static_cast<int>(had));
}

Sample sample_of(const StepTest& test, int instances, int jobs, Seconds beginning,
                 const platform::Completion& completion) {
  Sample sample;
  sample.function = test.function;
  sample.memory = test.configuration.memory;
  sample.instances = instances;
  sample.processes = test.configuration.processes;
  sample.jobs = jobs;
  sample.duration_ms = (completion.ended - completion.started).count() * 1e3;
  if (completion.cold) sample.init_ms = completion.init.count() * 1e3;
  sample.dispatch_ms = (completion.started - beginning).count() * 1e3;
  if (completion.max_memory_mb > 0) sample.max_memory_mb = completion.max_memory_mb;
  sample.cold = completion.cold;
  sample.status = completion.status;
  for (const auto& outcome : executor::batch_outcomes(completion, static_cast<std::size_t>(jobs))) {
    if (!outcome.ok) sample.status = outcome.error;
  }
  return sample;
}

// Runs the step once. Absent where it was interrupted: part of a step says nothing.
std::optional<std::vector<Sample>> run_once(Bench& bench, const StepTest& test) {
  const auto split = estimator::split(test.jobs, test.configuration.instances);
  const auto events = events_for(bench.events, test.function, test.jobs);
  std::vector<int> jobs;
  const Seconds beginning = bench.platform.now();
  for (int instance = 0; instance < split.instances; ++instance) {
    const int first = instance * split.jobs_per_instance;
    jobs.push_back(std::min(split.jobs_per_instance, test.jobs - first));
    std::vector<const Json*> batch;
    for (int job = first; job < first + jobs.back(); ++job) {
      batch.push_back(&events[static_cast<std::size_t>(job)]);
    }
    bench.platform.start({.id = static_cast<platform::InvocationId>(instance + 1),
                          .function = test.function,
                          .memory = test.configuration.memory,
                          .payload = executor::batch_event(batch, test.configuration.processes),
                          .position = instance + 1,
                          .together = split.instances});
  }
  std::vector<Sample> samples;
  while (samples.size() < jobs.size()) {
    const auto completion =
        bench.platform.wait_next(Seconds(std::numeric_limits<double>::infinity()));
    if (!completion) {
      if (bench.interrupted()) return std::nullopt;
      continue;
    }
    const int of_instance = jobs[static_cast<std::size_t>(completion->id - 1)];
    samples.push_back(sample_of(test, split.instances, of_instance, beginning, *completion));
  }
  return samples;
}

}  // namespace

std::vector<MeasuredStep> steps_in(std::span<const Sample> samples) {
  std::vector<MeasuredStep> steps;
  while (!samples.empty()) {
    const auto size = static_cast<std::size_t>(samples.front().instances);
    const bool whole =
        size <= samples.size() && std::ranges::all_of(samples.first(size), [&](const Sample& row) {
          return same_step(row, samples.front());
        });
    if (whole) steps.push_back(step_of(samples.first(size)));
    samples = samples.subspan(whole ? size : 1);
  }
  return steps;
}

Seconds expected_time(std::span<const StepTest> tests, std::span<const Sample> samples) {
  const auto steps = steps_in(samples);
  Seconds sum{0};
  for (const StepTest& test : tests) sum += test.expected * missing(test, steps);
  return sum;
}

bool measure_steps(Bench& bench, std::span<const StepTest> tests) {
  // Of each test: the first may find no warm sandboxes, and what ends early leaves too few for the
  // next one.
  constexpr int kMoreTries = 3;
  for (const StepTest& test : tests) {
    int left = missing(test, steps_in(bench.file.samples()));
    for (int tries = left + kMoreTries; left > 0 && tries > 0; --tries) {
      if (bench.interrupted()) return false;
      const auto samples = run_once(bench, test);
      if (!samples) return false;
      bench.file.append(*samples);
      const MeasuredStep step = step_of(*samples);
      if (step.counts) {
        --left;
        bench.pace.done(test.expected);
      }
      bench.lines << fmt::format("  {:<18} {:>5} MB  {:<12}  {:>8}{}{}\n", test.function,
                                 test.configuration.memory.value,
                                 counted(samples->size(), "instance", "instances"),
                                 format_duration(step.duration),
                                 step.counts ? "" : " (not all warm)", bench.pace.remark())
                  << std::flush;
    }
  }
  return true;
}

}  // namespace stepconf::evaluation
