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

/// Gives the quota for `cpus` CPUs (0.5: half of one; positive). A period's quota may be spent at
/// once, so short periods make short work right too: 10 ms where the kernel allows it. It refuses
/// quotas under 1 ms and periods over 1 s, so small shares get longer periods, up to that.
CpuQuota cpu_quota(double cpus);

}  // namespace stepconf::platform
