#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "stepconf/net/loop.h"
#include "stepconf/platform/local/cgroups.h"
#include "stepconf/platform/local/engine.h"
#include "stepconf/platform/local/local_options.h"
#include "stepconf/platform/local/spawner.h"
#include "stepconf/platform/platform.h"

namespace stepconf::platform {

/// Runs functions on this machine as Lambda does: in sandboxes that talk the Runtime API, with CPU
/// in proportion to memory where cgroups allow it. The sandboxes are served by a thread of its own.
/// What Platform has is for one thread, the rest for any.
class LocalPlatform final : public Platform {
 public:
  /// `spawner` must have been made while the program had one thread, and outlive the platform; only
  /// one platform uses it at a time.
  LocalPlatform(LocalPlatformOptions options, Spawner& spawner);
  /// Kills the sandboxes and waits until they are gone.
  ~LocalPlatform() override;
  LocalPlatform(const LocalPlatform&) = delete;
  LocalPlatform& operator=(const LocalPlatform&) = delete;

  Seconds now() const override;
  void start(const Invocation& invocation) override;
  /// Throws Error where the guard of the sandboxes has died.
  std::optional<Completion> wait_next(Seconds until) override;
  /// Absent where the platform's thread does not answer within 10 ms.
  std::optional<std::map<MemoryMb, int>> idle_sandboxes(const std::string& function) override;

  /// Ends the present wait_next, or the next one, without a completion.
  void interrupt();

  /// Tells in a sentence each for the user why sandboxes run without CPU or memory limits; empty
  /// where they run with both.
  std::string limits() const;
  /// Whether sandboxes get the CPU share of their memory size and no more.
  bool limits_cpu() const { return cgroups_ && cgroups_->limits_cpu(); }
  /// Tells what has been done so far.
  LocalStatistics statistics();
  /// Whether sandboxes at work have asked for more CPUs than there are.
  bool oversubscribed() { return statistics().oversubscribed > 0; }
  const LocalPlatformOptions& options() const { return options_; }

  /// Calls `task` in the platform's thread and waits until it has returned; rethrows what it
  /// throws. Not to be called from that thread.
  void in_loop(const std::function<void(Engine&, net::Loop&)>& task);

 private:
  void dispatch(const std::shared_ptr<Call>& call, Seconds delay);
  void invoke(const std::shared_ptr<Call>& call);
  void deliver(Completion completion);
  void fail(const std::string& reason);

  LocalPlatformOptions options_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::unique_ptr<Cgroups> cgroups_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Completion> completions_;
  bool interrupted_ = false;
  std::string failure_;

  net::Loop loop_;
  std::unique_ptr<Engine> engine_;
  // The calls whose mapping delay has not passed; in the loop's thread.
  std::map<InvocationId, std::unique_ptr<net::Handle>> delayed_;
  std::thread thread_;
};

}  // namespace stepconf::platform
