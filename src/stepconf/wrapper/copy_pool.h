#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "stepconf/net/loop.h"
#include "stepconf/wrapper/capacity.h"
#include "stepconf/wrapper/copy.h"
#include "stepconf/wrapper/outcome.h"

namespace stepconf::wrapper {

/// Has events served by the copies of a pool.
class CopyUser {
 public:
  virtual ~CopyUser() = default;
  /// The event that the copy worked on is answered.
  virtual void on_answer(Copy& copy, Outcome outcome) = 0;
  /// The copy died while it worked on an event.
  virtual void on_crash(Copy& copy, Outcome reason) = 0;
  /// A copy has become idle, has ended or could not be started: time to look what can be done.
  virtual void on_change() = 0;
};

/// The copies of the wrapped runtime: they start when they are needed, stay warm, and are replaced
/// when they die.
class CopyPool final : public CopyListener {
 public:
  CopyPool(net::Loop& loop, CopyOptions options, const SandboxLimits& limits);
  ~CopyPool() override;

  /// Starts the first copy. `ready` is called when it waits for its first event, or with the reason
  /// why it never will.
  void warm_up(std::function<void(std::optional<Outcome>)> ready);

  /// Reports to `user` from now on; null: to nobody.
  void serve(CopyUser* user);
  /// Gives the copy that is idle longest, which is at work from now on; null where none is.
  Copy* take_idle();
  /// Takes a copy back that was not used after all.
  void put_back(Copy& copy) { idle_.push_front(&copy); }
  /// Starts copies until there are `wanted`. After a failed start it makes do with those there are.
  void have(std::size_t wanted);
  /// Why there is no copy and none can be started; absent where there is hope.
  std::optional<Outcome> hopeless() const;
  /// Kills a copy; nothing more is heard of it.
  void kill(Copy& copy);
  /// Kills the copies that do not wait for an event: what keeps them may keep them for ever.
  void kill_all_but_idle();
  /// Asks all copies to end, and calls `ended` when they have, or have had time for it.
  void terminate(std::function<void()> ended);
  /// Gives `wanted`, or as many processes as the sandbox has room for, which it then logs. Each is
  /// taken to need as much as the largest copy there ever was: a new one has not grown yet.
  int bounded(int wanted);
  /// Passes on what the copies have logged.
  void flush_logs();

 private:
  void on_idle(Copy& copy) override;
  void on_answer(Copy& copy, Outcome outcome) override;
  void on_gone(Copy& copy, const CopyEnd& end) override;

  void start();
  void note_use(const Copy& copy);
  void note_use(const CopyEnd& end);
  bool out_of_memory(const CopyEnd& end) const;
  void remove(const Copy& copy);

  net::Loop& loop_;
  const CopyOptions options_;
  const SandboxLimits limits_;
  /// What the largest copy so far has used.
  ProcessUse largest_;
  CopyUser* user_ = nullptr;
  std::vector<std::unique_ptr<Copy>> copies_;
  /// The longest idle one first.
  std::deque<Copy*> idle_;
  /// Killed copies whose processes have not ended yet.
  std::vector<std::unique_ptr<Copy>> dying_;
  /// Copies that have ended, until the call from inside them returns.
  std::vector<std::unique_ptr<Copy>> ended_;
  std::unique_ptr<net::Handle> burial_;
  std::function<void(std::optional<Outcome>)> warmed_up_;
  std::function<void()> terminated_;
  std::unique_ptr<net::Handle> patience_;
  /// Starts in a row that failed for this user, and why the last one did.
  int failed_starts_ = 0;
  std::optional<Outcome> start_failure_;
};

}  // namespace stepconf::wrapper
