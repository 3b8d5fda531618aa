#pragma once

#include <chrono>
#include <string>

namespace stepconf::platform {

/// CPU time that a cgroup may use in each period.
struct CpuQuota {
  std::chrono::microseconds quota{0};
  std::chrono::microseconds period{0};
  /// As cgroup v2's cpu.max takes it: "5000 10000".
  std::string text() const;
};

/// Gives the time between two ticks of the kernel's scheduler: 1, 4 or 10 ms, as it was built.
std::chrono::microseconds scheduler_tick();

/// Gives the quota for `cpus` CPUs (0.5: half of one; positive). A period's quota may be spent at
/// once, so short periods make short work right too; but the kernel sees only at a tick that a
/// quota is spent, and takes more than it should where periods are shorter than that (a third to
/// a half was lost at half a tick). So the period is a tick, at least 4 ms. The kernel refuses
/// quotas under 1 ms and periods over 1 s, so small shares get longer periods, up to that.
CpuQuota cpu_quota(double cpus, std::chrono::microseconds tick = scheduler_tick());

}  // namespace stepconf::platform
