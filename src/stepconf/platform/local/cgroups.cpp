#include "stepconf/platform/local/cgroups.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

#include "stepconf/base/descriptor.h"
#include "stepconf/base/error.h"
#include "stepconf/platform/local/cgroup_files.h"

namespace stepconf::platform {

namespace fs = std::filesystem;

namespace {

int make_folder(const fs::path& path) {
  return ::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST ? 0 : errno;
}

std::string system_reason(int error) { return std::generic_category().message(error); }

std::vector<fs::path> own_group_and_above(const CgroupHierarchy& hierarchy) {
  std::vector<fs::path> groups;
  for (fs::path group = hierarchy.own_group;; group = group.parent_path()) {
    const fs::path relative = group.relative_path();
    groups.push_back(relative.empty() ? hierarchy.mount_point : hierarchy.mount_point / relative);
    if (relative.empty()) return groups;
  }
}

}  // namespace

// A write to cgroup.procs waits for an RCU grace period (10 to 20 ms where nobody else does it),
// because it must keep the whole process from forking. A thread that writes itself to v1's `tasks`
// does not, and a process that was forked just now has one thread.
std::vector<std::string> SandboxGroup::join_files() const {
  std::vector<std::string> files;
  files.reserve(folders_.size());
  for (const fs::path& folder : folders_) {
    std::error_code unreadable;
    const bool v1 = fs::exists(folder / "tasks", unreadable);
    files.push_back(folder / (v1 ? "tasks" : "cgroup.procs"));
  }
  return files;
}

std::vector<pid_t> SandboxGroup::members() const {
  std::vector<pid_t> found;
  if (folders_.empty()) return found;
  const fs::path& folder = memory_folder_.empty() ? folders_.front() : memory_folder_;
  std::istringstream text(contents(folder / "cgroup.procs"));
  // 0 stands for a process of a PID namespace that is not ours.
  for (pid_t member = 0; text >> member;) {
    if (member > 0) found.push_back(member);
  }
  return found;
}

void SandboxGroup::limit_cpu(const CpuQuota& quota) {
  if (cpu_folder_.empty()) return;
  if (const int error = set_quota(cpu_version_, cpu_folder_, quota); error != 0) {
    throw Error(fmt::format("cannot set the quota of the cgroup {} to \"{}\": {}",
                            cpu_folder_.native(), quota.text(), system_reason(error)));
  }
}

bool SandboxGroup::freeze(bool frozen) {
  // Only a hierarchy that it is in for its limits: joining one more takes milliseconds.
  const bool limits_memory = !memory_folder_.empty() && memory_version_ == 2;
  const bool limits_cpu = !cpu_folder_.empty() && cpu_version_ == 2;
  if (!limits_memory && !limits_cpu) return false;
  const fs::path& folder = limits_memory ? memory_folder_ : cpu_folder_;
  return write_value(folder / "cgroup.freeze", frozen ? "1" : "0") == 0;
}

int SandboxGroup::out_of_memory_kills() const {
  if (memory_folder_.empty()) return 0;
  std::istringstream text(
      contents(memory_folder_ / (memory_version_ == 2 ? "memory.events" : "memory.oom_control")));
  std::string name;
  for (int value = 0; text >> name >> value;) {
    if (name == "oom_kill") return value;
  }
  return 0;
}

std::optional<int> SandboxGroup::peak_memory_mb() const {
  if (memory_folder_.empty()) return std::nullopt;
  // memory.peak came with Linux 5.19.
  const std::string text = contents(
      memory_folder_ / (memory_version_ == 2 ? "memory.peak" : "memory.max_usage_in_bytes"));
  std::int64_t bytes = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  if (error != std::errc{}) return std::nullopt;
  return static_cast<int>((bytes + (1 << 20) - 1) >> 20);
}

bool SandboxGroup::remove() {
  std::erase_if(folders_, [](const fs::path& folder) {
    return ::rmdir(folder.c_str()) == 0 || errno == ENOENT;
  });
  return folders_.empty();
}

Cgroups::Cgroups(const std::string& identity) {
  const auto hierarchies =
      parse_hierarchies(contents("/proc/self/mounts"), contents("/proc/self/cgroup"));
  remove_stale_groups(hierarchies);
  for (const CgroupHierarchy& hierarchy : hierarchies) use(hierarchy, identity);
  if (cpu_) reason_.clear();
  if (memory_) memory_reason_.clear();
  if (!cpu_ && reason_.empty()) reason_ = "no cgroup hierarchy with the cpu controller is mounted";
  if (!memory_ && memory_reason_.empty()) {
    memory_reason_ = "no cgroup hierarchy with the memory controller is mounted";
  }
}

Cgroups::~Cgroups() {
  for (const fs::path& folder : folders()) ::rmdir(folder.c_str());
}

void Cgroups::use(const CgroupHierarchy& hierarchy, const std::string& identity) {
  const auto offers = [&](std::string_view controller) {
    return hierarchy.version == 2 ||
           std::ranges::find(hierarchy.controllers, controller) != hierarchy.controllers.end();
  };
  if (!cpu_ && offers("cpu")) cpu_ = usable_place(hierarchy, "cpu", identity, reason_);
  if (!memory_ && offers("memory")) {
    memory_ = usable_place(hierarchy, "memory", identity, memory_reason_);
  }
}

std::optional<Cgroups::Place> Cgroups::usable_place(const CgroupHierarchy& hierarchy,
                                                    std::string_view controller,
                                                    const std::string& identity,
                                                    std::string& reason) {
  if (hierarchy.version == 2 &&
      !has_word(contents(hierarchy.mount_point / "cgroup.controllers"), controller)) {
    return std::nullopt;
  }
  for (const fs::path& group : own_group_and_above(hierarchy)) {
    const fs::path folder = group / ("stepconf-" + identity);
    const fs::path trial = folder / "trial";
    // Under cgroup v2 the other controller may have its place there already.
    std::error_code unreadable;
    const bool shared = fs::exists(folder, unreadable);
    int error = 0;
    if (hierarchy.version == 2) error = hand_on(group, controller);
    if (error == 0) error = make_folder(folder);
    if (error == 0 && hierarchy.version == 2) error = hand_on(folder, controller);
    if (error == 0) error = make_folder(trial);
    if (error == 0) {
      error = controller == "cpu" ? set_quota(hierarchy.version, trial, cpu_quota(1))
                                  : set_memory(hierarchy.version, trial, MemoryMb{128});
    }
    ::rmdir(trial.c_str());
    if (error == 0) return Place{hierarchy.version, folder};
    if (!shared) ::rmdir(folder.c_str());
    if (reason.empty()) {
      reason = fmt::format("no right to make cgroups with a {} limit in {}: {}", controller,
                           group.native(), system_reason(error));
    }
  }
  return std::nullopt;
}

std::vector<fs::path> Cgroups::folders() const {
  std::vector<fs::path> result;
  if (cpu_) result.push_back(cpu_->folder);
  if (memory_ && (!cpu_ || memory_->folder != cpu_->folder)) result.push_back(memory_->folder);
  return result;
}

SandboxGroup Cgroups::create(std::string_view name, const SandboxLimits& limits) {
  const std::string unique = fmt::format("{}-{}", name, ++created_);
  SandboxGroup group;
  const auto check = [](int error, const fs::path& folder, const std::string& limit) {
    if (error == 0) return;
    throw Error(fmt::format("cannot make the cgroup {} with the limit \"{}\": {}", folder.native(),
                            limit, system_reason(error)));
  };
  for (const fs::path& folder : folders()) {
    const fs::path own = folder / unique;
    int error = make_folder(folder);
    if (error == 0) error = make_folder(own);
    check(error, own, "none");
    group.folders_.push_back(own);
  }
  if (cpu_) {
    group.cpu_folder_ = cpu_->folder / unique;
    group.cpu_version_ = cpu_->version;
    check(set_quota(cpu_->version, group.cpu_folder_, limits.cpu), group.cpu_folder_,
          limits.cpu.text());
  }
  if (memory_) {
    group.memory_folder_ = memory_->folder / unique;
    group.memory_version_ = memory_->version;
    check(set_memory(memory_->version, group.memory_folder_, limits.memory), group.memory_folder_,
          fmt::format("{} MB", limits.memory.value));
  }
  return group;
}

}  // namespace stepconf::platform
