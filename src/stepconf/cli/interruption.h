#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

namespace stepconf::cli {

/// Turns Ctrl-C and SIGTERM into a call, once, in a thread of its own; a second one ends the
/// program at once. To be made while the program has one thread: the signals are blocked
/// in all threads from then on.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  /// Says what the interruption does while this object lives; it is done at once where the
  /// interruption has come already.
  class Effect {
   public:
    Effect(Interruption& interruption, std::function<void()> action);
    ~Effect();
    Effect(const Effect&) = delete;
    Effect& operator=(const Effect&) = delete;

   private:
    Interruption& interruption_;
  };

  bool requested() const { return requested_; }
  /// Waits until the interruption comes.
  void wait() const;

 private:
  void watch();

  std::mutex mutex_;
  std::function<void()> action_;
  std::atomic<bool> requested_ = false;
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

}  // namespace stepconf::cli
