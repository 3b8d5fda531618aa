#include "stepconf/estimator/memory_need.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "stepconf/estimator/failure.h"

namespace stepconf::estimator {
namespace {

bool rules_out(const KnownFailure& failure, const InstanceLoad& load, bool seen_to_fit) {
  const InstanceLoad& failed = failure.load;
  const bool smaller = load.memory <= failed.memory && load.processes >= failed.processes;
  switch (kind_of_failure(failure.status)) {
    case FailureKind::out_of_memory:
      return smaller && (!seen_to_fit || load.jobs >= failed.jobs);
    case FailureKind::timed_out:
      // More processes share the work, so a time-out says nothing about them.
      return load.memory <= failed.memory && load.processes <= failed.processes &&
             load.jobs >= failed.jobs;
    case FailureKind::throttled:
      return false;
    case FailureKind::other:
      return load.memory == failed.memory && load.processes == failed.processes;
  }
  return false;
}

}  // namespace

bool KnownFit::covers(const InstanceLoad& load) const {
  // Where one copy of the runtime can work, two can on twice the memory.
  const double copies = std::max(1.0, static_cast<double>(load.processes) / processes);
  return load.memory.value >= memory.value * copies && (!jobs || load.jobs <= *jobs);
}

std::string MemoryNeed::why_not(const InstanceLoad& load) const {
  const bool seen_to_fit =
      std::ranges::any_of(fits, [&](const KnownFit& fit) { return fit.covers(load); });
  for (const KnownFailure& failure : failures) {
    if (rules_out(failure, load, seen_to_fit)) {
      return fmt::format("failed with {} at {} MB, {} processes, {} jobs", failure.status,
                         failure.load.memory.value, failure.load.processes, failure.load.jobs);
    }
  }
  if (!peak || seen_to_fit) return {};
  const double need = (peak->base_mb + peak->per_process_mb * load.processes) * (1 + kMemoryMargin);
  if (need <= load.memory.value) return {};
  return fmt::format("needs {:.0f} MB at {} {}", std::ceil(need - 1e-6), load.processes,
                     load.processes == 1 ? "process" : "processes");
}

}  // namespace stepconf::estimator
