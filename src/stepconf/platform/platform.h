#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "stepconf/base/units.h"

namespace stepconf::platform {

/// One call of a function, chosen by the caller; unique per platform object.
using InvocationId = std::uint64_t;

/// A function instance to be put to work.
struct Invocation {
  InvocationId id = 0;
  std::string function;
  MemoryMb memory;
  /// The event, as JSON text.
  std::string payload;
  /// Where it is an iteration of a Map: which one, from 1; 0 where it is not.
  int position = 0;
  /// How many of the step's invocations are started together with it.
  int together = 1;
};

/// How an invocation ended. A function that fails is a normal outcome, told by `status`.
struct Completion {
  InvocationId id = 0;
  /// "ok", or the error's name: the function's own error type, or Lambda's (Runtime.ExitError,
  /// Sandbox.Timedout, ...).
  std::string status = "ok";
  /// The result as JSON text; where the invocation failed, Lambda's error document {"errorType",
  /// "errorMessage", ...}.
  std::string payload;
  std::string error_message;
  /// By the platform's clock: handed over by the caller; sandbox ready and the event delivered;
  /// result received.
  Seconds dispatched{0}, started{0}, ended{0};
  /// Whether a sandbox had to be created, and how long it took to initialise.
  bool cold = false;
  Seconds init{0};
  /// Billed duration, INIT included; whole milliseconds, rounded up.
  Seconds billed{0};
  int max_memory_mb = 0;
  /// Whether, at some time meanwhile, the sandboxes at work asked for more CPUs than the machine
  /// has: then the duration says nothing about the function.
  bool oversubscribed = false;

  bool ok() const { return status == "ok"; }
};

/// Where functions run. Used by one thread.
class Platform {
 public:
  virtual ~Platform() = default;

  /// Tells the time since the platform was made. Never goes back.
  virtual Seconds now() const = 0;

  /// Starts an invocation and returns at once. Unknown functions and throttling come back as failed
  /// completions.
  virtual void start(const Invocation& invocation) = 0;

  /// Waits for the next completion, at most until `until` on the platform's clock; absent when that
  /// time comes first or when the wait is interrupted.
  virtual std::optional<Completion> wait_next(Seconds until) = 0;

  /// Tells how many warm sandboxes of `function` are idle now, by memory size; a size that is not
  /// in it has none. Absent where the platform does not know, or not within some milliseconds.
  virtual std::optional<std::map<MemoryMb, int>> idle_sandboxes(const std::string& /*function*/) {
    return std::nullopt;
  }
};

}  // namespace stepconf::platform
