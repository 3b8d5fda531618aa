#include "stepconf/wrapper/copy_pool.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>

namespace stepconf::wrapper {
namespace {

// A killed process is taken for one that ran out of memory from this share of it on: the kernel
// kills before the last page is given, and the wrapper's view of the sum is of the moment after.
constexpr double kFullShare = 0.9;
// With no copy left, a start is tried again, for one may fail by bad luck; not for ever.
constexpr int kMostFailedStarts = 3;
// Lambda kills 0.3 s after SIGTERM where an internal extension is registered.
constexpr Seconds kTimeToEnd{0.25};

std::unique_ptr<Copy> extract(std::vector<std::unique_ptr<Copy>>& from, const Copy& copy) {
  const auto at = std::ranges::find(from, &copy, &std::unique_ptr<Copy>::get);
  if (at == from.end()) return nullptr;
  std::unique_ptr<Copy> found = std::move(*at);
  from.erase(at);
  return found;
}

}  // namespace

CopyPool::CopyPool(net::Loop& loop, CopyOptions options, const SandboxLimits& limits)
    : loop_(loop), options_(std::move(options)), limits_(limits) {}
CopyPool::~CopyPool() = default;

void CopyPool::warm_up(std::function<void(std::optional<Outcome>)> ready) {
  start();
  if (copies_.empty()) return ready(start_failure_);
  warmed_up_ = std::move(ready);
}

void CopyPool::serve(CopyUser* user) {
  user_ = user;
  failed_starts_ = 0;
  start_failure_.reset();
}

Copy* CopyPool::take_idle() {
  while (!idle_.empty()) {
    Copy* copy = idle_.front();
    idle_.pop_front();
    if (copy->idle()) return copy;
  }
  return nullptr;
}

void CopyPool::have(std::size_t wanted) {
  while (copies_.size() < wanted) {
    const int most_failures = copies_.empty() ? kMostFailedStarts : 1;
    if (failed_starts_ >= most_failures) return;
    start();
  }
}

std::optional<Outcome> CopyPool::hopeless() const {
  if (!copies_.empty() || failed_starts_ < kMostFailedStarts) return std::nullopt;
  return start_failure_;
}

void CopyPool::start() {
  try {
    copies_.push_back(std::make_unique<Copy>(loop_, options_, *this));
  } catch (const StartFailure& error) {
    ++failed_starts_;
    start_failure_ = failure("Runtime.InvalidEntrypoint", fmt::format("Error: {}", error.what()));
  } catch (const Error& error) {
    ++failed_starts_;
    start_failure_ = failure("StepConf.StartFailed", error.what());
  }
}

void CopyPool::kill(Copy& copy) {
  std::erase(idle_, &copy);
  note_use(copy);
  copy.kill();
  dying_.push_back(extract(copies_, copy));
}

void CopyPool::kill_all_but_idle() {
  std::vector<Copy*> busy;
  for (const auto& copy : copies_) {
    if (!copy->idle()) busy.push_back(copy.get());
  }
  for (Copy* copy : busy) kill(*copy);
}

void CopyPool::terminate(std::function<void()> ended) {
  serve(nullptr);
  warmed_up_ = nullptr;
  if (copies_.empty()) return ended();
  terminated_ = std::move(ended);
  for (const auto& copy : copies_) copy->terminate();
  patience_ = loop_.after(kTimeToEnd, [this] { std::exchange(terminated_, nullptr)(); });
}

int CopyPool::bounded(int wanted) {
  if (wanted <= 1) return wanted;
  for (const auto& copy : copies_) note_use(*copy);
  const Capacity room = capacity(limits_, process_use(::getpid()).value_or(ProcessUse{}), largest_);
  if (room.copies >= wanted) return wanted;
  std::cerr << fmt::format("stepconf-wrapper: {} of {} processes run: {}\n", room.copies, wanted,
                           room.reason);
  return room.copies;
}

void CopyPool::note_use(const Copy& copy) {
  const ProcessUse use = process_use(copy.pid()).value_or(ProcessUse{});
  largest_.threads = std::max(largest_.threads, use.threads);
  if (use.own_mb <= largest_.own_mb) return;
  largest_.own_mb = use.own_mb;
  largest_.shared_mb = use.shared_mb;
}

// Only a peak over the wrapper's own is the copy's for sure (see ProcessEnd).
void CopyPool::note_use(const CopyEnd& end) {
  const ProcessUse wrapper = process_use(::getpid()).value_or(ProcessUse{});
  if (end.peak_mb <= wrapper.own_mb + wrapper.shared_mb) return;
  largest_.own_mb = std::max(largest_.own_mb, end.peak_mb - largest_.shared_mb);
}

void CopyPool::flush_logs() {
  for (const auto& copy : copies_) copy->flush_log();
}

void CopyPool::on_idle(Copy& copy) {
  failed_starts_ = 0;
  std::erase(idle_, &copy);
  idle_.push_back(&copy);
  if (const auto ready = std::exchange(warmed_up_, nullptr)) ready(std::nullopt);
  if (user_ != nullptr) user_->on_change();
}

void CopyPool::on_answer(Copy& copy, Outcome outcome) {
  if (user_ != nullptr) user_->on_answer(copy, std::move(outcome));
}

void CopyPool::on_gone(Copy& copy, const CopyEnd& end) {
  remove(copy);
  if (terminated_ && copies_.empty()) {
    patience_.reset();
    return std::exchange(terminated_, nullptr)();
  }
  if (end.by_us) return;
  note_use(end);
  const char* type = out_of_memory(end) ? "Runtime.OutOfMemory" : "Runtime.ExitError";
  Outcome reason = end.init_failure.value_or(failure(type, end.message));
  if (const auto ready = std::exchange(warmed_up_, nullptr)) return ready(std::move(reason));
  if (!copy.ready()) {
    std::cerr << fmt::format("stepconf-wrapper: a copy of the runtime did not start: {}\n",
                             reason.body);
    ++failed_starts_;
    start_failure_ = reason;
  }
  if (user_ == nullptr) return;
  if (end.at_work) return user_->on_crash(copy, std::move(reason));
  user_->on_change();
}

bool CopyPool::out_of_memory(const CopyEnd& end) const {
  if (!end.killed || !limits_.memory_mb) return false;
  double used = end.peak_mb + process_use(::getpid()).value_or(ProcessUse{}).own_mb;
  for (const auto& copy : copies_) {
    used += process_use(copy->pid()).value_or(ProcessUse{}).own_mb;
  }
  return used >= kFullShare * *limits_.memory_mb;
}

void CopyPool::remove(const Copy& copy) {
  std::erase(idle_, &copy);
  auto ended = extract(copies_, copy);
  ended_.push_back(ended ? std::move(ended) : extract(dying_, copy));
  burial_ = loop_.after(Seconds{0}, [this] { ended_.clear(); });
}

}  // namespace stepconf::wrapper
