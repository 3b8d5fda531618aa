#include "stepconf/cli/interruption.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <utility>

namespace stepconf::cli {
namespace {

constexpr int kExitInterrupted = 130;

// SIGUSR1 ends the watching thread.
sigset_t watched_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGUSR1);
  return signals;
}

}  // namespace

Interruption::Interruption() {
  const sigset_t signals = watched_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::thread([this] { watch(); });
}

Interruption::~Interruption() {
  over_ = true;
  pthread_kill(thread_.native_handle(), SIGUSR1);
  thread_.join();
}

Interruption::Effect::Effect(Interruption& interruption, std::function<void()> action)
    : interruption_(interruption) {
  const std::lock_guard lock(interruption_.mutex_);
  interruption_.action_ = std::move(action);
  if (interruption_.requested_) interruption_.action_();
}

Interruption::Effect::~Effect() {
  const std::lock_guard lock(interruption_.mutex_);
  interruption_.action_ = nullptr;
}

void Interruption::wait() const { requested_.wait(false); }

void Interruption::watch() {
  const sigset_t signals = watched_signals();
  while (true) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0 || over_) return;
    if (requested_) _exit(kExitInterrupted);
    const std::lock_guard lock(mutex_);
    requested_ = true;
    requested_.notify_all();
    if (action_) action_();
  }
}

}  // namespace stepconf::cli
