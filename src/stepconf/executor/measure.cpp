#include "stepconf/executor/measure.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <map>

#include "stepconf/executor/batch.h"

namespace stepconf::executor {
namespace {

// The measurements that share a sandbox.
struct Chain {
  std::deque<Measurement> open;
  double vcpus = 0;
  // Copies of the runtime that the sandbox has started.
  int copies = 0;
  int kept = 0;
  bool at_work = false;
};

class Measuring {
 public:
  Measuring(platform::Platform& platform, std::vector<Measurement> measurements,
            const MeasureOptions& options)
      : platform_(platform), options_(options) {
    for (Measurement& measurement : measurements) {
      const MemoryMb memory = measurement.load.memory;
      Chain& chain = chains_[{measurement.function, memory}];
      chain.vcpus = vcpus(memory);
      chain.open.push_back(std::move(measurement));
    }
  }

  MeasureSummary to_the_end() {
    while (!summary_.interrupted) {
      if (options_.interrupted()) {
        summary_.interrupted = true;
        break;
      }
      start_what_fits();
      if (at_work_.empty()) break;
      const auto completion = platform_.wait_next(Seconds(std::numeric_limits<double>::infinity()));
      if (completion) take(*completion);
    }
    return std::move(summary_);
  }

 private:
  bool may_start() const {
    return summary_.invocations < options_.max_invocations && platform_.now() < options_.until;
  }

  void start_what_fits() {
    for (auto& [key, chain] : chains_) {
      if (chain.at_work || chain.open.empty() || !may_start()) continue;
      if (!at_work_.empty() && promised_ + chain.vcpus > options_.vcpus) continue;
      start(chain);
    }
  }

  void start(Chain& chain) {
    const Measurement& measurement = chain.open.front();
    std::vector<const Json*> events;
    for (const Json& event : measurement.events) events.push_back(&event);
    const auto id = static_cast<platform::InvocationId>(++summary_.invocations);
    chain.at_work = true;
    promised_ += chain.vcpus;
    at_work_[id] = &chain;
    platform_.start({.id = id,
                     .function = measurement.function,
                     .memory = measurement.load.memory,
                     .payload = batch_event(events, measurement.load.processes)});
  }

  void take(const platform::Completion& completion) {
    const auto found = at_work_.find(completion.id);
    if (found == at_work_.end()) return;
    Chain& chain = *found->second;
    at_work_.erase(found);
    chain.at_work = false;
    promised_ -= chain.vcpus;

    const Measurement& measurement = chain.open.front();
    const estimator::Sample sample = as_sample(measurement, completion);
    if (completion.cold) chain.copies = 1;
    const bool started_copies = chain.copies < measurement.load.processes;
    if (sample.ok()) chain.copies = std::max(chain.copies, measurement.load.processes);

    const bool warm = !sample.cold && !started_copies;
    if (!sample.ok() || sample.cold || warm) summary_.samples.push_back(sample);
    if (warm) ++chain.kept;
    if (!sample.ok() || chain.kept >= options_.repeats) {
      chain.open.pop_front();
      chain.kept = 0;
    }
    options_.ended(sample);
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
  const MeasureOptions& options_;
  std::map<std::pair<std::string, MemoryMb>, Chain> chains_;
  std::map<platform::InvocationId, Chain*> at_work_;
  double promised_ = 0;
  MeasureSummary summary_;
};

}  // namespace

MeasureSummary measure(platform::Platform& platform, std::vector<Measurement> measurements,
                       const MeasureOptions& options) {
  return Measuring(platform, std::move(measurements), options).to_the_end();
}

}  // namespace stepconf::executor
