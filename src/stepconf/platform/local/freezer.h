#pragma once

#include <sys/types.h>

#include <vector>

#include "stepconf/platform/local/cgroups.h"

namespace stepconf::platform {

/// Keeps the processes of a sandbox from running between two events, as Lambda freezes an execution
/// environment
/// (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html). Takes some 10 us
/// each way, without a group some 100 us. SIGKILL reaches frozen processes.
class Freezer {
 public:
  /// Stops the members of `group`: by cgroup v2 where it limits them, else by SIGSTOP. Without a
  /// group that lists them, those of the process group that `leader` leads, and all below it (0:
  /// nothing is known of one). A daemon, whose parent has ended, is not found then, and runs on.
  void freeze(SandboxGroup& group, pid_t leader);
  /// Lets them go on. Without effect where they are not frozen.
  void thaw(SandboxGroup& group);

 private:
  bool by_cgroup_ = false;
  // Stopped by a signal; as kill(2) takes them, so a process group is negative.
  std::vector<pid_t> stopped_;
};

}  // namespace stepconf::platform
