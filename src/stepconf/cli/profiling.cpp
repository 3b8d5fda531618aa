#include "stepconf/cli/profiling.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <span>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/cli/main.h"
#include "stepconf/cli/profile_report.h"
#include "stepconf/cli/run_once.h"
#include "stepconf/executor/samples.h"
#include "stepconf/report/table.h"

namespace stepconf::cli {

Profiling::Profiling(const ProfilingParts& parts, const profiler::Limits& limits)
    : parts_(parts),
      budget_(limits, parts.platform.now()),
      start_(parts.platform.now()),
      subjects_(make_subjects(parts.workspace, parts.arguments, parts.sources, parts.conditions)) {}

int Profiling::run() {
  check_that_jobs_can_be_known();
  go_on_from_the_store();
  if (has_to_see_jobs() && !budget_.exhausted(parts_.platform.now())) see_jobs_in_a_run();
  if (!parts_.interruption.requested() && !budget_.exhausted(parts_.platform.now())) measure();
  finish();
  return parts_.interruption.requested() ? kInterrupted : kDone;
}

void Profiling::check_that_jobs_can_be_known() const {
  if (parts_.sources.input) return;
  for (const auto& [name, subject] : subjects_) {
    if (!subject.jobs.empty()) continue;
    throw InvalidInput(fmt::format(
        "{}: functions.{}: there is nothing to measure it with; give it a sample job (profile: "
        "{{event: {{...}}}}) or a file of sample jobs (profile: {{events: FILE.json}}), or give "
        "the workflow's own input with --input",
        parts_.workspace.project.file.string(), name));
  }
}

void Profiling::go_on_from_the_store() {
  if (parts_.arguments.fresh) {
    int forgotten = 0;
    for (const auto& [name, subject] : subjects_) {
      forgotten += parts_.store.forget(name, subject.conditions);
    }
    std::cerr << fmt::format("--fresh: {} stored samples are forgotten\n", forgotten);
  }
  if (!parts_.arguments.import.empty()) {
    import_samples(subjects_, parts_.store, parts_.arguments.import, std::cerr);
  }
  resume(subjects_, parts_.store, std::cerr);
}

// A run also tells what no test of one instance does: how long instances wait for each other to be
// started. So each function that a run is needed for has been in one at least.
bool Profiling::has_to_see_jobs() const {
  return std::ranges::any_of(subjects_, [this](const auto& entry) {
    const profiler::Study& study = entry.second.study;
    return !parts_.sources.own.contains(entry.first) && (study.next() || study.runs() == 0);
  });
}

void Profiling::see_jobs_in_a_run() {
  std::cerr << fmt::format("Running the workflow once to see its jobs ({}) ...\n",
                           parts_.conditions);
  profiler::SampleJobs seen;
  const executor::RunSummary summary =
      run_once(parts_.workspace, parts_.platform, *parts_.sources.input, seen, *this,
               [this] { return parts_.interruption.requested() || run_ended_by_budget_; });
  if (summary.status == executor::RunStatus::interrupted) return;
  if (summary.status == executor::RunStatus::failed) {
    throw Error(fmt::format("the workflow failed in {}: {}: {}", summary.step, summary.error,
                            summary.cause));
  }
  std::cerr << fmt::format("  ended in {}\n", format_duration(summary.duration));
  for (auto& [name, subject] : subjects_) {
    if (subject.jobs.empty()) subject.jobs = seen[name];
    if (!subject.jobs.empty()) continue;
    throw InvalidInput(fmt::format(
        "{}: functions.{}: there is nothing to measure it with: a run with the input {} does not "
        "call it; give it a sample job (profile: {{event: {{...}}}}) or a file of sample jobs "
        "(profile: {{events: FILE.json}})",
        parts_.workspace.project.file.string(), name, parts_.arguments.input.string()));
  }
}

void Profiling::step_ended(const executor::StepRecord& record) {
  for (const estimator::Sample& sample : executor::samples_of(std::span(&record, 1))) {
    profiler::Subject& subject = subjects_.at(sample.function);
    const auto spent = profiler::expense_of(parts_.workspace.prices, sample);
    budget_.spend(spent);
    subject.spent.add(spent);
    // On fewer CPUs than were promised it took longer than the function does; and a function with
    // jobs of its own is measured with those.
    if (record.oversubscribed || parts_.sources.own.contains(sample.function)) continue;
    parts_.store.add(profiler::record_now(sample, subject.conditions, store::Origin::run));
    subject.study.add(sample, store::Origin::run);
  }
  if (budget_.exhausted(parts_.platform.now())) {
    run_ended_by_budget_ = true;
    parts_.interrupt_wait();
  }
}

void Profiling::measure() {
  std::vector<std::string> functions;
  for (const auto& [name, subject] : subjects_) {
    if (!subject.jobs.empty()) functions.push_back(name);
  }
  std::cerr << outlook_line(subjects_, parts_.workspace.prices);
  profiler::Profiler profiler(subjects_, parts_.store, budget_, parts_.workspace.prices, *this,
                              [this] { return parts_.platform.now(); });
  executor::MeasureOptions options;
  options.vcpus = parts_.vcpus;
  options.interrupted = [this] { return parts_.interruption.requested(); };
  executor::measure(parts_.platform, functions, profiler, options);
}

void Profiling::kept(const estimator::Sample& sample) { std::cerr << sample_line(sample); }

void Profiling::tested(const profiler::Subject& subject) {
  std::cerr << progress_line(subject, parts_.workspace.prices);
}

// What was measured is exported also where the rest was interrupted.
void Profiling::finish() {
  const bool more = std::ranges::any_of(
      subjects_, [](const auto& entry) { return entry.second.study.next().has_value(); });
  ProfileSummary summary{
      .spending = budget_.spending(), .duration = parts_.platform.now() - start_, .stopped_by = ""};
  if (more && !parts_.interruption.requested()) summary.stopped_by = budget_.refusal();

  std::vector<estimator::Sample> samples;
  for (const auto& [name, subject] : subjects_) {
    const auto& own = subject.study.samples();
    samples.insert(samples.end(), own.begin(), own.end());
  }
  write_file(parts_.arguments.output, estimator::write_samples(samples));
  if (parts_.interruption.requested()) {
    std::cerr << "Interrupted; every sample is kept, and `stepconf profile` goes on from here\n";
  } else if (!summary.stopped_by.empty()) {
    std::cerr << fmt::format("Stopped by {}; `stepconf profile` goes on from here\n",
                             summary.stopped_by);
  }
  std::cerr << fmt::format("{} invocations, at Lambda's prices {}; {} samples in {}\n",
                           summary.spending.invocations,
                           report::format_usd(summary.spending.cost.value), samples.size(),
                           parts_.arguments.output.string());
  if (parts_.arguments.json) {
    std::cout << profile_report(subjects_, summary)
                     .dump(2, ' ', false, OrderedJson::error_handler_t::replace)
              << "\n";
  } else {
    std::cout << profile_table(subjects_);
  }
}

}  // namespace stepconf::cli
