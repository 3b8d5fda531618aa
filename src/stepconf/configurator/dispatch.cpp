#include "stepconf/configurator/dispatch.h"

#include <algorithm>

namespace stepconf::configurator {
namespace {

// How many jobs keep a batch and its results under the limit; at least 1.
std::int64_t most_by_bytes(const DeployedStep& step, int jobs, const JobBytes& bytes) {
  std::int64_t most = jobs;
  // However unequal the jobs, no batch is larger than all of them.
  const bool all_fit = bytes.all && *bytes.all <= kMostBatchBytes;
  if (!all_fit) {
    const std::int64_t mean = (bytes.all.value_or(0) + jobs - 1) / jobs;
    if (const std::int64_t each = bytes.largest.value_or(mean); each > 0)
      most = std::min(most, kMostBatchBytes / each);
  }
  if (step.result_bytes > 0) most = std::min(most, kMostBatchBytes / step.result_bytes);
  return std::max<std::int64_t>(1, most);
}

void share_out(const DeployedStep& step, const estimator::Configuration& configuration, int jobs,
               const JobBytes& bytes, Dispatch& result) {
  int instances = configuration.instances;
  result.processes = configuration.processes;
  if (step.max_concurrency > 0) {
    result.processes = std::min(result.processes, step.max_concurrency);
    result.concurrency = step.max_concurrency / result.processes;
    instances = std::min(instances, result.concurrency);
  }
  if (step.kind == StepKind::map) {
    instances = std::min(instances, kInlineConcurrency);
    if (result.concurrency > kInlineConcurrency) result.concurrency = kInlineConcurrency;
  }
  const estimator::Split split = estimator::split(jobs, instances);
  result.size = static_cast<int>(
      std::min<std::int64_t>(split.jobs_per_instance, most_by_bytes(step, jobs, bytes)));
  result.instances = jobs / result.size + (jobs % result.size > 0 ? 1 : 0);
  result.processes = std::min(result.processes, result.size);
}

}  // namespace

std::optional<Dispatch> dispatch(const DeployedStep& step,
                                 const estimator::Configuration& configuration, int jobs,
                                 const JobBytes& bytes) {
  const auto function = step.functions.find(configuration.memory);
  if (function == step.functions.end()) return std::nullopt;
  Dispatch result{.function = function->second, .memory = configuration.memory};
  if (jobs < 1) {
    result.instances = 0;
  } else if (step.kind != StepKind::task && step.batched) {
    share_out(step, configuration, jobs, bytes, result);
  } else {
    result.instances = jobs;
    result.concurrency = step.max_concurrency;
  }
  return result;
}

}  // namespace stepconf::configurator
