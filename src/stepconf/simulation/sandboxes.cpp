#include "stepconf/simulation/sandboxes.h"

#include <algorithm>

namespace stepconf::simulation {

void Sandboxes::start(const std::string& function, MemoryMb memory, Seconds ready,
                      std::vector<estimator::InstanceRun>& runs) {
  std::vector<Seconds>* free = service_.keep_alive ? &free_since_[{function, memory}] : nullptr;
  if (free != nullptr)
    std::erase_if(*free, [&](Seconds since) { return ready - since > *service_.keep_alive; });
  for (estimator::InstanceRun& run : runs) {
    if (service_.concurrency) wait_for_a_place(ready, run);
    if (free != nullptr && take_warm(*free, ready + run.delay)) run.cold = false;
    const Seconds end = ready + run.end();
    if (service_.concurrency) at_work_.push_back({ready + run.delay, end});
    if (free != nullptr) free->push_back(end);
  }
}

void Sandboxes::wait_for_a_place(Seconds ready, estimator::InstanceRun& run) {
  // Nobody asks for a time before `ready` any more.
  std::erase_if(at_work_, [&](const Work& work) { return work.end <= ready; });
  const Seconds length = run.end() - run.delay;
  std::vector<Seconds> times = {ready + run.delay};
  for (const Work& work : at_work_) {
    if (work.end > times.front()) times.push_back(work.end);
  }
  std::ranges::sort(times);
  for (const Seconds start : times) {
    if (most_at_work(start, start + length) >= *service_.concurrency) continue;
    run.delay = start - ready;
    return;
  }
}

int Sandboxes::most_at_work(Seconds from, Seconds until) const {
  const auto at = [&](Seconds time) {
    return static_cast<int>(std::ranges::count_if(
        at_work_, [&](const Work& work) { return work.start <= time && time < work.end; }));
  };
  int most = at(from);
  for (const Work& work : at_work_) {
    if (work.start > from && work.start < until) most = std::max(most, at(work.start));
  }
  return most;
}

std::map<MemoryMb, int> Sandboxes::idle(const std::string& function, Seconds now) const {
  std::map<MemoryMb, int> result;
  for (auto pool = free_since_.lower_bound({function, MemoryMb{}});
       pool != free_since_.end() && pool->first.first == function; ++pool) {
    const auto warm =
        std::ranges::count_if(pool->second, [&](Seconds since) { return is_warm(since, now); });
    if (warm > 0) result.emplace(pool->first.second, static_cast<int>(warm));
  }
  return result;
}

bool Sandboxes::is_warm(Seconds free_since, Seconds start) const {
  return free_since <= start && start - free_since <= *service_.keep_alive;
}

bool Sandboxes::take_warm(std::vector<Seconds>& free, Seconds start) const {
  // The one used last: its time is the longest.
  auto best = free.end();
  for (auto each = free.begin(); each != free.end(); ++each) {
    if (!is_warm(*each, start)) continue;
    if (best == free.end() || *each > *best) best = each;
  }
  if (best == free.end()) return false;
  free.erase(best);
  return true;
}

}  // namespace stepconf::simulation
