#pragma once

#include <sys/types.h>

#include <filesystem>
#include <vector>

#include "stepconf/platform/local/cpu_quota.h"

namespace stepconf::platform {

/// Makes a cgroup for single threads below a sandbox's CPU-limited one: under cgroup v1 any group
/// takes them, under v2 a threaded one (cgroups(7)). False where the system refuses.
bool make_thread_group(const std::filesystem::path& folder, const CpuQuota& quota);

/// Lists the threads in a cgroup itself, not those in groups below it.
std::vector<pid_t> threads_of(const std::filesystem::path& group);

/// Moves a thread; false where it is gone, or the system refuses. May wait for 20 ms.
bool move_thread(pid_t thread, const std::filesystem::path& group);

}  // namespace stepconf::platform
