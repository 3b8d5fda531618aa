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
  /// `memory_mb`: what the function may use; absent where that is not known.
  Dispatcher(net::Loop& loop, CopyOptions options, std::optional<double> memory_mb,
             StepsFile steps);

  /// Starts the first copy. `ready` is called when it waits for its first event, or with the reason
  /// why it never will.
  void warm_up(std::function<void(std::optional<Outcome>)> ready);

  /// Asks the copies to end, and calls `ended` when they have, or have had time for it.
  void terminate(std::function<void()> ended) { pool_.terminate(std::move(ended)); }

  /// Serves one event; `done` is called once, when no copy works on it any more. One at a time.
  void serve(Invocation invocation, const Done& done);

 private:
  std::unique_ptr<CopyUser> service_for(std::unique_ptr<Invocation> invocation, Done done);
  std::unique_ptr<BatchRun> plan(const Invocation& invocation, Batch batch);

  net::Loop& loop_;
  CopyPool pool_;
  StepsFile steps_;
  std::unique_ptr<CopyUser> service_;
  /// The service that has finished, until the call from inside it returns.
  std::unique_ptr<CopyUser> finished_;
  std::unique_ptr<net::Handle> release_;
};

}  // namespace stepconf::wrapper
