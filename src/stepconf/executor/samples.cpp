#include "stepconf/executor/samples.h"

#include <algorithm>
#include <map>
#include <string>

namespace stepconf::executor {
namespace {

double milliseconds(Seconds time) { return time.count() * 1e3; }

}  // namespace

std::vector<estimator::Sample> samples_of(std::span<const StepRecord> records) {
  std::vector<estimator::Sample> samples;
  for (const StepRecord& record : records) {
    for (const InstanceRecord& instance : record.detail) {
      if (instance.status == "aborted" || instance.failed_jobs > 0) continue;
      // How long it worked is not known; that it failed would be.
      if (instance.status == "ok" && !instance.reported) continue;
      estimator::Sample sample;
      sample.function = record.function;
      sample.memory = record.configuration.memory;
      sample.instances = static_cast<int>(record.detail.size());
      sample.processes = record.configuration.processes;
      sample.jobs = instance.jobs;
      sample.duration_ms = milliseconds(instance.ended - instance.started);
      if (instance.cold) sample.init_ms = milliseconds(instance.init);
      sample.dispatch_ms = milliseconds(instance.started - record.ready);
      if (instance.max_memory_mb > 0) sample.max_memory_mb = instance.max_memory_mb;
      sample.cold = instance.cold;
      sample.status = instance.status;
      samples.push_back(std::move(sample));
    }
  }
  return samples;
}

std::vector<estimator::Session> sessions_of(std::span<const StepRecord> records) {
  std::map<std::string, std::vector<StepRecord>> executions;
  for (const StepRecord& record : records) executions[record.execution].push_back(record);
  std::vector<estimator::Session> sessions;
  for (const auto& [name, steps] : executions) {
    const auto start = steps.front().started_at.value_or(asl::Timestamp{});
    sessions.push_back({start.time_since_epoch(), samples_of(steps)});
  }
  std::ranges::stable_sort(sessions, {}, &estimator::Session::at);
  return sessions;
}

}  // namespace stepconf::executor
