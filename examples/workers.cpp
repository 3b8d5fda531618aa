#include "examples/workers.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace examples {

int threads_for(const char* memory_mb) {
  constexpr double kOneCpuMb = 1769;
  const double memory = memory_mb == nullptr ? 0 : std::strtod(memory_mb, nullptr);
  return std::max(1, static_cast<int>(std::ceil(memory / kOneCpuMb)));
}

Workers::Workers(int count) {
  for (int i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
}

Workers::~Workers() {
  const std::lock_guard lock(mutex_);
  over_ = true;
  given_.notify_all();
}

void Workers::run(const std::function<void()>& task) {
  std::unique_lock lock(mutex_);
  task_ = &task;
  at_work_ = static_cast<int>(threads_.size());
  ++round_;
  given_.notify_all();
  done_.wait(lock, [this] { return at_work_ == 0; });
}

void Workers::work() {
  std::unique_lock lock(mutex_);
  for (int taken = 0; true; ++taken) {
    given_.wait(lock, [&] { return over_ || round_ != taken; });
    if (over_) return;
    const std::function<void()>& task = *task_;
    lock.unlock();
    task();
    lock.lock();
    if (--at_work_ == 0) done_.notify_one();
  }
}

}  // namespace examples
