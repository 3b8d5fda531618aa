#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stepconf/base/units.h"
#include "stepconf/platform/local/cpu_quota.h"

namespace stepconf::platform {

/// A mounted cgroup hierarchy and this process's place in it (cgroups(7)).
struct CgroupHierarchy {
  int version = 2;
  /// cgroup v1: the controllers of this hierarchy. cgroup v2: empty, a group's cgroup.controllers
  /// tells.
  std::vector<std::string> controllers;
  std::filesystem::path mount_point;
  /// This process's group, beginning with '/', relative to the mount point.
  std::string own_group;
  bool operator==(const CgroupHierarchy&) const = default;
};

/// Reads the texts of /proc/self/mounts and /proc/self/cgroup.
std::vector<CgroupHierarchy> parse_hierarchies(std::string_view mounts, std::string_view own);

/// The cgroups of one sandbox, one per hierarchy. Destroying it removes them if they are empty; the
/// guard removes the others when the program ends.
class SandboxGroup {
 public:
  SandboxGroup() = default;
  ~SandboxGroup() { remove(); }
  SandboxGroup(SandboxGroup&& other) noexcept { swap(other); }
  SandboxGroup& operator=(SandboxGroup&& other) noexcept {
    swap(other);
    return *this;
  }
  SandboxGroup(const SandboxGroup&) = delete;
  SandboxGroup& operator=(const SandboxGroup&) = delete;

  /// The files into which the sandbox's first process writes itself while it has one thread.
  std::vector<std::string> join_files() const;
  /// Lists the sandbox's processes; empty where it has no group or they are gone.
  std::vector<pid_t> members() const;
  /// Sets another CPU limit, where there was one. Throws Error where the system refuses.
  void limit_cpu(const CpuQuota& quota);
  /// The group that limits its CPU; empty where none does.
  const std::filesystem::path& cpu_folder() const { return cpu_folder_; }
  /// Stops every process in it, or lets them go on; children that they start meanwhile are born
  /// stopped. SIGKILL reaches them all the same. False where there is no cgroup v2 for it.
  bool freeze(bool frozen);
  /// Counts the processes that the kernel killed because the group had no more memory.
  int out_of_memory_kills() const;
  /// Gives the peak memory that was charged to it in MB, rounded up; absent where memory is not
  /// accounted. Pages of files that somebody else read first are charged to them.
  std::optional<int> peak_memory_mb() const;
  /// Removes the groups; false where processes are still in them.
  bool remove();

 private:
  friend class Cgroups;
  void swap(SandboxGroup& other) noexcept {
    folders_.swap(other.folders_);
    cpu_folder_.swap(other.cpu_folder_);
    std::swap(cpu_version_, other.cpu_version_);
    memory_folder_.swap(other.memory_folder_);
    std::swap(memory_version_, other.memory_version_);
  }

  std::vector<std::filesystem::path> folders_;
  // Empty where CPU is not limited.
  std::filesystem::path cpu_folder_;
  int cpu_version_ = 2;
  // Empty where memory is not limited.
  std::filesystem::path memory_folder_;
  int memory_version_ = 2;
};

/// What the processes of a sandbox may use together.
struct SandboxLimits {
  CpuQuota cpu;
  MemoryMb memory;
};

/// Makes cgroups for sandboxes below this process's own group, or the nearest one above it that it
/// may write to. Where that is not possible, says so and makes groups without effect. The groups of
/// one server lie in one folder, "stepconf-PID-START", per hierarchy.
class Cgroups {
 public:
  /// Finds the hierarchies, kills and removes what servers that are gone have left, and tries
  /// which limits can be set. `identity` is identity_of this process.
  explicit Cgroups(const std::string& identity);
  /// Removes the server's folders as far as they are empty.
  ~Cgroups();
  Cgroups(const Cgroups&) = delete;
  Cgroups& operator=(const Cgroups&) = delete;

  /// Whether sandboxes get the CPU share that they should.
  bool limits_cpu() const { return cpu_.has_value(); }
  /// Whether sandboxes may use no more memory than they have.
  bool limits_memory() const { return memory_.has_value(); }
  /// Tells why CPU is not limited; empty where it is.
  const std::string& reason() const { return reason_; }
  /// Tells why memory is not limited; empty where it is.
  const std::string& memory_reason() const { return memory_reason_; }
  /// The server's folders, which the guard is to remove at the end.
  std::vector<std::filesystem::path> folders() const;

  /// Makes the groups of one sandbox, "NAME-NUMBER"; no number comes twice, since a group that
  /// could not be removed keeps its counts. A CPU limit above what this process itself has means no
  /// other limit than that. Throws Error where the system refuses what it allowed before.
  SandboxGroup create(std::string_view name, const SandboxLimits& limits);

 private:
  struct Place {
    int version = 2;
    std::filesystem::path folder;
  };
  void use(const CgroupHierarchy& hierarchy, const std::string& identity);
  std::optional<Place> usable_place(const CgroupHierarchy& hierarchy, std::string_view controller,
                                    const std::string& identity, std::string& reason);

  std::optional<Place> cpu_;
  std::optional<Place> memory_;
  std::string reason_;
  std::string memory_reason_;
  std::uint64_t created_ = 0;
};

/// Kills the members of the groups in a server's folder, and removes groups and folder. False where
/// something stays.
bool remove_server_folder(const std::filesystem::path& folder);

/// Kills the members of, and removes, the groups of servers that do not run any more. Returns how
/// many servers' folders were removed.
int remove_stale_groups(const std::vector<CgroupHierarchy>& hierarchies);

}  // namespace stepconf::platform
