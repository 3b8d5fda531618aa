#pragma once

#include <memory>
#include <optional>

#include "stepconf/net/loop.h"
#include "stepconf/wrapper/copy_pool.h"
#include "stepconf/wrapper/invocation.h"
#include "stepconf/wrapper/service.h"
#include "stepconf/wrapper/steps_file.h"

namespace stepconf::wrapper {

/// Serves events with copies of the wrapped runtime: the jobs of a batch side by side, any other
/// event as it is.
class Dispatcher {
 public:
  /// `memory_mb`: what the function may use; absent where that is not known. `results`: where
  /// results go by reference unless a batch names another place; empty: nowhere.
  Dispatcher(net::Loop& loop, CopyOptions options, std::optional<double> memory_mb, StepsFile steps,
             objects::ObjectStore& store, std::string results);

  /// Starts the first copy. `ready` is called when it waits for its first event, or with the reason
  /// why it never will.
  void warm_up(std::function<void(std::optional<Outcome>)> ready);

  /// Asks the copies to end, and calls `ended` when they have, or have had time for it.
  void terminate(std::function<void()> ended) { pool_.terminate(std::move(ended)); }

  /// Serves one event; `done` is called once, when no copy works on it any more. One at a time.
  void serve(Invocation invocation, const Done& done);

 private:
  void serve_batch(std::shared_ptr<Invocation> invocation, Batch batch, const Done& done);
  void fetch_jobs(const std::shared_ptr<Invocation>& invocation, const Batch& batch,
                  const Done& done);
  void begin(std::unique_ptr<CopyUser> service);
  std::unique_ptr<BatchRun> plan(const Invocation& invocation, Batch batch, bool any_size);
  ResultPlace place_for(const Batch& batch) const;
  void finish(Outcome outcome, const Done& done);

  net::Loop& loop_;
  CopyPool pool_;
  StepsFile steps_;
  std::unique_ptr<CopyUser> service_;
  /// The service that has finished, until the call from inside it returns.
  std::unique_ptr<CopyUser> finished_;
  std::unique_ptr<net::Handle> release_;
  objects::ObjectStore& store_;
  std::string results_;
  /// Fetches the jobs of a batch; absent at other times.
  std::optional<ObjectTransfers> fetch_;
  std::unique_ptr<net::Handle> fetch_limit_;
};

}  // namespace stepconf::wrapper
