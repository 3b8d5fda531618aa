#include "stepconf/executor/measure.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <map>

#include "stepconf/executor/batch.h"

namespace stepconf::executor {
namespace {

// What goes on of one function.
struct Work {
  std::string function;
  // What is being measured; absent before the first and after the last measurement.
  std::optional<Measurement> open;
  // Warm invocations of it that were kept, and cold ones.
  int kept = 0;
  int cold = 0;
  int measurements = 0;
  bool at_work = false;
  bool over = false;
  // Copies of the runtime that the sandbox of each memory size has started.
  std::map<MemoryMb, int> copies;
};

class Measuring {
 public:
  Measuring(platform::Platform& platform, const std::vector<std::string>& functions,
            MeasurementSource& source, const MeasureOptions& options)
      : platform_(platform), source_(source), options_(options) {
    for (const std::string& function : functions) works_.emplace_back().function = function;
  }

  bool to_the_end() {
    while (true) {
      if (options_.interrupted()) return false;
      start_what_fits();
      if (at_work_.empty()) return true;
      const auto completion = platform_.wait_next(Seconds(std::numeric_limits<double>::infinity()));
      if (completion) take(*completion);
    }
  }

 private:
  void start_what_fits() {
    for (Work* work : idle_ones()) {
      const double asked = vcpus(work->open->load.memory);
      // Nobody overtakes a function that waits for room: it might wait until all others are done.
      if (!at_work_.empty() && promised_ + asked > options_.vcpus) return;
      if (source_.begin(*work->open)) start(*work);
    }
  }

  // Functions that could start something, those with the fewest measurements first.
  std::vector<Work*> idle_ones() {
    std::vector<Work*> result;
    for (Work& work : works_) {
      if (work.at_work || work.over) continue;
      if (!work.open && !open_next(work)) continue;
      result.push_back(&work);
    }
    std::ranges::stable_sort(result, {}, &Work::measurements);
    return result;
  }

  bool open_next(Work& work) {
    work.open = source_.next(work.function);
    work.kept = 0;
    work.cold = 0;
    work.over = !work.open;
    if (work.open) ++work.measurements;
    return !work.over;
  }

  void start(Work& work) {
    const Measurement& measurement = *work.open;
    std::vector<const Json*> events;
    for (const Json& event : measurement.events) events.push_back(&event);
    const platform::InvocationId id = ++last_id_;
    work.at_work = true;
    promised_ += vcpus(measurement.load.memory);
    at_work_[id] = &work;
    platform_.start({.id = id,
                     .function = measurement.function,
                     .memory = measurement.load.memory,
                     .payload = batch_event(events, measurement.load.processes)});
  }

  void take(const platform::Completion& completion) {
    const auto found = at_work_.find(completion.id);
    if (found == at_work_.end()) return;
    Work& work = *found->second;
    at_work_.erase(found);
    work.at_work = false;
    const Measurement measurement = *work.open;
    promised_ -= vcpus(measurement.load.memory);

    const estimator::Sample sample = as_sample(measurement, completion);
    int& copies = work.copies[measurement.load.memory];
    if (completion.cold) copies = 1;
    const bool started_copies = copies < measurement.load.processes;
    if (sample.ok()) copies = std::max(copies, measurement.load.processes);

    const bool warm = !sample.cold && !started_copies;
    if (warm) ++work.kept;
    if (sample.cold) ++work.cold;
    const bool never_warm = work.cold >= measurement.repeats + kColdInExcess;
    if (!sample.ok() || work.kept >= measurement.repeats || never_warm) work.open.reset();
    source_.ended(measurement, sample, !sample.ok() || sample.cold || warm);
  }

  static estimator::Sample as_sample(const Measurement& measurement,
                                     const platform::Completion& completion) {
    estimator::Sample sample;
    sample.function = measurement.function;
    sample.memory = measurement.load.memory;
    sample.processes = measurement.load.processes;
    sample.jobs = measurement.load.jobs;
    sample.duration_ms = (completion.ended - completion.started).count() * 1e3;
    if (completion.cold) sample.init_ms = completion.init.count() * 1e3;
    sample.dispatch_ms = (completion.started - completion.dispatched).count() * 1e3;
    if (completion.max_memory_mb > 0) sample.max_memory_mb = completion.max_memory_mb;
    sample.cold = completion.cold;
    sample.status = completion.status;
    for (const JobOutcome& outcome : batch_outcomes(completion, measurement.events.size())) {
      if (!outcome.ok) sample.status = outcome.error;
    }
    return sample;
  }

  platform::Platform& platform_;
  MeasurementSource& source_;
  const MeasureOptions& options_;
  std::vector<Work> works_;
  std::map<platform::InvocationId, Work*> at_work_;
  platform::InvocationId last_id_ = 0;
  double promised_ = 0;
};

// What is given beforehand.
class GivenMeasurements final : public MeasurementSource {
 public:
  explicit GivenMeasurements(std::vector<Measurement> measurements) {
    for (Measurement& measurement : measurements) {
      auto& open = open_[measurement.function];
      if (open.empty()) functions_.push_back(measurement.function);
      open.push_back(std::move(measurement));
    }
  }

  std::optional<Measurement> next(const std::string& function) override {
    auto& open = open_[function];
    if (open.empty()) return std::nullopt;
    Measurement first = std::move(open.front());
    open.pop_front();
    return first;
  }
  bool begin(const Measurement&) override { return true; }
  void ended(const Measurement&, const estimator::Sample& sample, bool kept) override {
    if (kept) samples_.push_back(sample);
  }

  const std::vector<std::string>& functions() const { return functions_; }
  std::vector<estimator::Sample> samples() && { return std::move(samples_); }

 private:
  std::map<std::string, std::deque<Measurement>> open_;
  std::vector<std::string> functions_;
  std::vector<estimator::Sample> samples_;
};

}  // namespace

bool measure(platform::Platform& platform, const std::vector<std::string>& functions,
             MeasurementSource& source, const MeasureOptions& options) {
  return Measuring(platform, functions, source, options).to_the_end();
}

MeasureSummary measure(platform::Platform& platform, std::vector<Measurement> measurements,
                       const MeasureOptions& options) {
  GivenMeasurements given(std::move(measurements));
  const bool done = measure(platform, given.functions(), given, options);
  return {std::move(given).samples(), !done};
}

}  // namespace stepconf::executor
