#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace stepconf::wrapper {

/// What a process has used.
struct ProcessUse {
  /// Memory at its highest, without `shared_mb`, in MB of 2^20 bytes.
  double own_mb = 0;
  /// Pages of files, which copies of the same program share.
  double shared_mb = 0;
  int threads = 1;
};

/// Reads a process's use from /proc; absent where that cannot be read.
std::optional<ProcessUse> process_use(pid_t pid);

/// What the sandbox has; absent: without limit, or not known.
struct SandboxLimits {
  std::optional<double> memory_mb{};
  /// File descriptors of one process.
  std::optional<double> descriptors{};
  /// Processes and threads of all processes together.
  std::optional<double> threads{};
  /// Threads of the wrapper that move objects, each with a connection.
  std::size_t transfers = 0;
};

/// Reads the system's limits on descriptors and processes: 1,024 each on Lambda
/// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
SandboxLimits sandbox_limits(std::optional<double> memory_mb, std::size_t transfers);

/// How many copies there may be.
struct Capacity {
  /// At least 1: the one that runs.
  int copies = 1;
  /// What bounds them, for the log.
  std::string reason{};
};

/// Tells how many copies fit into the limits beside a wrapper that uses `wrapper`, when each needs
/// as much as `copy`.
Capacity capacity(const SandboxLimits& limits, const ProcessUse& wrapper, const ProcessUse& copy);

}  // namespace stepconf::wrapper
