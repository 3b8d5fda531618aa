#include "stepconf/executor/way_counts.h"

#include <algorithm>

namespace stepconf::executor {
namespace {

// Far from where an int ends, and no share changes noticeably beyond it.
constexpr int kMostCounted = 1'000'000'000;

}  // namespace

void WayCounts::add(const StepRecord& record) {
  for (const auto& [state, ways] : record.choices) {
    workflow::LearntWays& learnt = choices_[state];
    for (const auto& [way, times] : ways) {
      int& taken = learnt.taken[way];
      taken += std::min(times, kMostCounted - taken);
    }
    std::set<std::string>& executions = executions_[state];
    executions.insert(record.execution);
    learnt.executions = static_cast<int>(executions.size());
  }
}

}  // namespace stepconf::executor
