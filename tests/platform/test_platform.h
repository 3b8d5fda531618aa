#pragma once

#include <string>

#include "stepconf/base/json.h"
#include "stepconf/platform/local/local_platform.h"

namespace stepconf::platform {

/// The test function, doing `on_init` first.
inline LocalFunction behaviour(const std::string& on_init = "", Seconds timeout = Seconds(30)) {
  LocalFunction function;
  function.command = {PLATFORM_FUNCTION};
  function.directory = "/";
  function.timeout = timeout;
  if (!on_init.empty()) function.environment["ON_INIT"] = on_init;
  return function;
}

/// One of them, "f", in two sizes.
inline LocalPlatformOptions with_functions() {
  LocalPlatformOptions options;
  options.memory_sizes = {{512}, {1024}};
  options.functions["f"] = behaviour();
  return options;
}

/// A platform whose calls wait for their end.
class TestPlatform {
 public:
  explicit TestPlatform(const LocalPlatformOptions& options) : platform_(options, spawner_) {}

  void start(const Json& event, const std::string& function = "f", int memory = 512) {
    Invocation invocation;
    invocation.id = ++last_id_;
    invocation.function = function;
    invocation.memory = {memory};
    invocation.payload = event.dump();
    platform_.start(invocation);
  }
  Completion next() {
    auto completion = platform_.wait_next(platform_.now() + Seconds(20));
    if (!completion) throw Error("no completion within 20 s");
    return *completion;
  }
  Completion call(const Json& event, const std::string& function = "f", int memory = 512) {
    start(event, function, memory);
    return next();
  }
  LocalPlatform& operator*() { return platform_; }
  Spawner& spawner() { return spawner_; }

 private:
  Spawner spawner_;
  LocalPlatform platform_;
  InvocationId last_id_ = 0;
};

}  // namespace stepconf::platform
