#pragma once

#include <sys/types.h>

#include <optional>

namespace stepconf::wrapper {

/// What a process has used of memory, in MB of 2^20 bytes.
struct MemoryUse {
  /// At its highest, without `shared`.
  double own_mb = 0;
  /// Pages of files, which copies of the same program share.
  double shared_mb = 0;
};

/// Reads a process's use from /proc; absent where that cannot be read.
std::optional<MemoryUse> memory_use(pid_t pid);

/// Tells how many copies fit into `memory_mb`, of which `taken_mb` are taken, when each needs as
/// much as `copy` says. At least 1: the one that runs.
int copies_that_fit(double memory_mb, double taken_mb, const MemoryUse& copy);

}  // namespace stepconf::wrapper
