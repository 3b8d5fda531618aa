#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stepconf/net/loop.h"
#include "stepconf/platform/local/sandbox.h"

namespace stepconf::platform {

/// What a platform has done so far.
struct LocalStatistics {
  std::uint64_t invocations = 0;
  /// Of these, those for which a sandbox was created.
  std::uint64_t cold_starts = 0;
  /// Of these, those during which sandboxes at work asked for more CPUs than there are.
  std::uint64_t oversubscribed = 0;
  /// The most CPUs that sandboxes at work asked for at once, and the CPUs that this process may
  /// use.
  double peak_cpus_asked = 0;
  double cpus = 0;
};

/// A call of a function at a memory size.
struct Call {
  InvocationId id = 0;
  std::string function;
  MemoryMb memory;
  std::string payload;
  /// Empty: that of the memory size's alias.
  std::string invoked_arn;
  /// "$LATEST" or a version number; empty: that of the memory size.
  std::string version;
  /// Empty: a new one. An event that is tried again keeps its own.
  std::string request_id;
  /// The caller's X-Ray trace header; empty: a new one.
  std::string trace_id;
  /// JSON that the caller's program tells about itself; may be empty.
  std::string client_context;
  /// By the platform's clock.
  Seconds dispatched{0};
};

/// Dispatches calls to sandboxes: to the idle one of the function and memory size that was used
/// last, else to a new one. Lives in the loop's thread.
class Engine final : public SandboxOwner {
 public:
  /// `options`, `spawner` and `cgroups` (absent: no limits) must outlive it.
  Engine(net::Loop& loop, const LocalPlatformOptions& options, Spawner& spawner, Cgroups* cgroups,
         std::chrono::steady_clock::time_point start);
  ~Engine() override;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Calls a function; `done` is told once, perhaps from inside this call.
  void invoke(Call call, std::function<void(Outcome)> done);
  /// Whether a call of the function at the memory size would find a warm sandbox now.
  bool has_idle(const std::string& function, MemoryMb memory) const;
  /// How many calls of the function would each find one, by memory size.
  std::map<MemoryMb, int> idle(const std::string& function) const;
  /// Kills all sandboxes, fails the calls in them, and tells `done` when their processes are gone,
  /// at the latest after 2 s. No calls may follow.
  void shut_down(std::function<void()> done);

  const LocalPlatformOptions& options() const { return options_; }
  const LocalStatistics& statistics() const { return statistics_; }

  Seconds now() const override;
  void call_ended(const Sandbox& sandbox) override;
  void became_idle(Sandbox& sandbox) override;
  void closed(Sandbox& sandbox, std::unique_ptr<Work> undelivered) override;

 private:
  using Key = std::pair<std::string, MemoryMb>;

  void place(std::unique_ptr<Work> work, const Key& key);
  void reject(const std::unique_ptr<Work>& work, const FunctionError& error);
  double cpus_of(const Sandbox& sandbox) const;
  void count_cpus_asked();
  void heed_notices();
  void lose_guard();
  void forget(SpawnToken token);

  net::Loop& loop_;
  const LocalPlatformOptions& options_;
  Spawner& spawner_;
  Cgroups* cgroups_;
  std::chrono::steady_clock::time_point start_;
  LocalStatistics statistics_;
  int calls_ = 0;
  // Of the sandboxes at work.
  double cpus_asked_ = 0;
  bool lost_ = false;
  std::optional<ThreadCaps> thread_caps_;
  // In `sandboxes_` until the process is gone; in `idle_`, the last used last, while it takes work.
  std::map<SpawnToken, std::unique_ptr<Sandbox>> sandboxes_;
  std::map<Key, std::vector<Sandbox*>> idle_;
  std::function<void()> shut_down_;
  std::unique_ptr<net::Handle> shut_down_limit_;
  std::unique_ptr<net::Handle> watch_;
};

}  // namespace stepconf::platform
