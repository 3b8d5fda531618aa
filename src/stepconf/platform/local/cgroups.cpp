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

namespace stepconf::platform {

namespace fs = std::filesystem;

namespace {

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// errno, 0 for success. A stream would hide which it was.
int write_value(const fs::path& path, std::string_view value) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file) return errno;
  return ::write(file.get(), value.data(), value.size()) < 0 ? errno : 0;
}

int make_folder(const fs::path& path) {
  return ::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST ? 0 : errno;
}

std::string system_reason(int error) { return std::generic_category().message(error); }

bool has_word(const std::string& text, std::string_view word) {
  std::istringstream words(text);
  return std::find(std::istream_iterator<std::string>(words), {}, word) !=
         std::istream_iterator<std::string>();
}

int set_quota(int version, const fs::path& group, const CpuQuota& quota) {
  if (version == 2) return write_value(group / "cpu.max", quota.text());
  const int error = write_value(group / "cpu.cfs_period_us", std::to_string(quota.period.count()));
  if (error != 0) return error;
  return write_value(group / "cpu.cfs_quota_us", std::to_string(quota.quota.count()));
}

// A v2 group hands a controller on to its children only where this was switched on.
int hand_on(const fs::path& group, std::string_view controller) {
  if (has_word(contents(group / "cgroup.subtree_control"), controller)) return 0;
  return write_value(group / "cgroup.subtree_control", fmt::format("+{}", controller));
}

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
  std::istringstream text(contents(folders_.front() / "cgroup.procs"));
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

std::optional<int> SandboxGroup::peak_memory_mb() const {
  if (peak_file_.empty()) return std::nullopt;
  const std::string text = contents(peak_file_);
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
  if (!cpu_ && reason_.empty()) reason_ = "no cgroup hierarchy with the cpu controller is mounted";
}

Cgroups::~Cgroups() {
  for (const fs::path& folder : folders()) ::rmdir(folder.c_str());
}

void Cgroups::use(const CgroupHierarchy& hierarchy, const std::string& identity) {
  const auto offers = [&](std::string_view controller) {
    return hierarchy.version == 2 ||
           std::ranges::find(hierarchy.controllers, controller) != hierarchy.controllers.end();
  };
  if (!cpu_ && offers("cpu")) cpu_ = usable_place(hierarchy, "cpu", identity);
  if (!memory_ && offers("memory")) memory_ = usable_place(hierarchy, "memory", identity);
}

std::optional<Cgroups::Place> Cgroups::usable_place(const CgroupHierarchy& hierarchy,
                                                    std::string_view controller,
                                                    const std::string& identity) {
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
    if (error == 0 && controller == "cpu")
      error = set_quota(hierarchy.version, trial, cpu_quota(1));
    ::rmdir(trial.c_str());
    if (error == 0) return Place{hierarchy.version, folder};
    if (!shared) ::rmdir(folder.c_str());
    if (controller == "cpu" && reason_.empty()) {
      reason_ = fmt::format("no right to make CPU-limited cgroups in {}: {}", group.native(),
                            system_reason(error));
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

SandboxGroup Cgroups::create(const std::string& name, const CpuQuota& quota) {
  SandboxGroup group;
  for (const fs::path& folder : folders()) {
    const fs::path own = folder / name;
    int error = make_folder(folder);
    if (error == 0) error = make_folder(own);
    if (error == 0) group.folders_.push_back(own);
    if (error == 0 && cpu_ && cpu_->folder == folder) {
      error = set_quota(cpu_->version, own, quota);
      group.cpu_folder_ = own;
      group.cpu_version_ = cpu_->version;
    }
    if (error != 0) {
      throw Error(fmt::format("cannot make the cgroup {} with quota \"{}\": {}", own.native(),
                              quota.text(), system_reason(error)));
    }
  }
  if (memory_) {
    const fs::path own = memory_->folder / name;
    const fs::path peak =
        own / (memory_->version == 2 ? "memory.peak" : "memory.max_usage_in_bytes");
    // memory.peak came with Linux 5.19.
    std::error_code unreadable;
    if (fs::exists(peak, unreadable)) group.peak_file_ = peak;
  }
  return group;
}

}  // namespace stepconf::platform
