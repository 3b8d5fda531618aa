#pragma once

#include <functional>
#include <memory>
#include <unordered_map>

#include "stepconf/net/loop.h"
#include "stepconf/wrapper/batch_run.h"
#include "stepconf/wrapper/copy_pool.h"
#include "stepconf/wrapper/invocation.h"
#include "stepconf/wrapper/object_transfers.h"
#include "stepconf/wrapper/outcome.h"

namespace stepconf::wrapper {

/// Called once with what became of an event, when no copy works on it any more. The service that
/// calls it may be destroyed soon after, not inside.
using Done = std::function<void(Outcome)>;

/// Has an event that is no batch served by one copy, unchanged.
class SingleService final : public CopyUser {
 public:
  SingleService(CopyPool& pool, std::unique_ptr<Invocation> invocation, Done done);
  void on_answer(Copy& copy, Outcome outcome) override;
  void on_crash(Copy& copy, Outcome reason) override;
  void on_change() override;

 private:
  void finish(Outcome outcome);

  CopyPool& pool_;
  std::unique_ptr<Invocation> invocation_;
  Done done_;
  bool at_work_ = false;
};

/// Has the jobs of a batch served by as many copies as it asks for and the sandbox has room for.
/// What travels as objects is fetched and stored while copies work.
class BatchService final : public CopyUser {
 public:
  BatchService(net::Loop& loop, CopyPool& pool, std::shared_ptr<Invocation> invocation,
               std::unique_ptr<BatchRun> run, objects::ObjectStore& store, ResultPlace place,
               Done done);
  void on_answer(Copy& copy, Outcome outcome) override;
  void on_crash(Copy& copy, Outcome reason) override;
  void on_change() override;

 private:
  Seconds now() const;
  void hand_over();
  void begin_transfers();
  void hand_in(Outcome outcome);
  void store_results(std::string results);
  void finish(Outcome outcome);
  void watch_time();
  void on_time();

  net::Loop& loop_;
  CopyPool& pool_;
  std::shared_ptr<Invocation> invocation_;
  std::unique_ptr<BatchRun> run_;
  ResultPlace place_;
  Done done_;
  const std::chrono::steady_clock::time_point arrived_ = std::chrono::steady_clock::now();
  int processes_ = 1;
  std::unordered_map<Copy*, std::size_t> at_work_;
  std::unique_ptr<net::Handle> timer_;
  std::optional<Seconds> timer_due_;
  bool handed_in_ = false;
  ObjectTransfers transfers_;
};

}  // namespace stepconf::wrapper
