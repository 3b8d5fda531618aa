#pragma once

#include <functional>
#include <memory>

#include "stepconf/base/units.h"

namespace stepconf::net {

/// Keeps a timer or a watch alive; destroying it cancels what has not happened yet. Must not
/// outlive the loop.
class Handle {
 public:
  virtual ~Handle() = default;
};

/// An event loop of one thread. All members except `post` and `stop` are to be called from the
/// thread that runs it, or before it runs.
class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Handles events until `stop`.
  void run();
  /// Ends `run` soon. From any thread.
  void stop();
  /// Calls `task` soon in the loop's thread. From any thread.
  void post(std::function<void()> task);
  /// Calls `task` once after `delay`, unless the handle is destroyed before.
  [[nodiscard]] std::unique_ptr<Handle> after(Seconds delay, std::function<void()> task);
  /// Calls `task` each time `descriptor` is readable or at its end, until the handle is destroyed.
  /// The descriptor stays the caller's, who closes it after the handle is gone. One watch a
  /// descriptor; pipes, sockets, pidfds and signalfds, no plain files.
  [[nodiscard]] std::unique_ptr<Handle> on_readable(int descriptor, std::function<void()> task);

  /// What the other files of net/ build on; nobody else's concern.
  struct Context;
  Context& context() { return *context_; }

 private:
  std::unique_ptr<Context> context_;
};

}  // namespace stepconf::net
