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

bool MemoryNeed::seen_to_fit(const InstanceLoad& load) const {
  return std::ranges::any_of(fits, [&](const KnownFit& fit) { return fit.covers(load); });
}

double MemoryNeed::needed_mb(int processes) const {
  return peak ? (peak->base_mb + peak->per_process_mb * processes) * (1 + kMemoryMargin) : 0;
}

const KnownFailure* MemoryNeed::ruled_out_by(const InstanceLoad& load) const {
  if (failures.empty()) return nullptr;
  const bool fits_here = seen_to_fit(load);
  const auto found = std::ranges::find_if(
      failures, [&](const KnownFailure& failure) { return rules_out(failure, load, fits_here); });
  return found == failures.end() ? nullptr : &*found;
}

bool MemoryNeed::allows(const InstanceLoad& load) const {
  if (ruled_out_by(load)) return false;
  return needed_mb(load.processes) <= load.memory.value || seen_to_fit(load);
}

std::string MemoryNeed::why_not(const InstanceLoad& load) const {
  if (const KnownFailure* failure = ruled_out_by(load)) {
    return fmt::format("failed with {} at {} MB, {} processes, {} jobs", failure->status,
                       failure->load.memory.value, failure->load.processes, failure->load.jobs);
  }
  if (allows(load)) return {};
  return fmt::format("needs {:.0f} MB at {} {}", std::ceil(needed_mb(load.processes) - 1e-6),
                     load.processes, load.processes == 1 ? "process" : "processes");
}

}  // namespace stepconf::estimator
