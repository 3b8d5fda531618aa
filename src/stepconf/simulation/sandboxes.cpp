#include "stepconf/simulation/sandboxes.h"

#include <algorithm>

namespace stepconf::simulation {

void Sandboxes::start(const std::string& function, MemoryMb memory, Seconds ready,
                      std::vector<estimator::InstanceRun>& runs) {
  std::vector<Seconds>* free = service_.keep_alive ? &free_since_[{function, memory}] : nullptr;
  for (estimator::InstanceRun& run : runs) {
    if (service_.concurrency) wait_for_a_place(ready, run);
    if (free != nullptr && take_warm(*free, ready + run.delay)) run.cold = false;
    const Seconds end = ready + run.end();
    if (service_.concurrency) running_.push(end);
    if (free != nullptr) free->push_back(end);
  }
}

void Sandboxes::wait_for_a_place(Seconds ready, estimator::InstanceRun& run) {
  const auto most = static_cast<std::size_t>(*service_.concurrency);
  while (!running_.empty() && running_.top() <= ready + run.delay) running_.pop();
  while (running_.size() >= most) {
    run.delay = running_.top() - ready;
    running_.pop();
  }
}

bool Sandboxes::take_warm(std::vector<Seconds>& free, Seconds start) const {
  // The one used last: its time is the longest.
  auto best = free.end();
  for (auto each = free.begin(); each != free.end(); ++each) {
    if (*each > start || start - *each > *service_.keep_alive) continue;
    if (best == free.end() || *each > *best) best = each;
  }
  if (best == free.end()) return false;
  free.erase(best);
  return true;
}

}  // namespace stepconf::simulation
