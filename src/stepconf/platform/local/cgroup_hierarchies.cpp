#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <system_error>
#include <thread>

#include "stepconf/platform/local/cgroups.h"
#include "stepconf/platform/local/process_tree.h"

namespace stepconf::platform {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kServerFolder = "stepconf-";

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

bool is_controller(const std::string& word) {
  return word == "cpu" || word == "memory" || word == "cpuacct";
}

// The lines of /proc/PID/cgroup: "ID:CONTROLLERS:PATH", no controllers for v2 (cgroups(7)).
std::string own_group(std::string_view text, const std::vector<std::string>& controllers) {
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const auto named = split(line.substr(first + 1, second - first - 1), ',');
    const bool match = controllers.empty()
                           ? named.empty()
                           : std::ranges::find(named, controllers.front()) != named.end();
    if (match) return line.substr(second + 1);
  }
  return "/";
}

// Kills the members of a group and of those below it, and removes them.
bool empty_group(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_directory(error)) empty_group(entry->path());
  }
  std::ifstream members(folder / "cgroup.procs");
  // 0 stands for a process of another PID namespace, and to kill(2) for our own group.
  for (pid_t member = 0; members >> member;) {
    if (member > 0) ::kill(member, SIGKILL);
  }
  return ::rmdir(folder.c_str()) == 0 || errno == ENOENT;
}

int remove_stale_below(const fs::path& group, int depth) {
  int removed = 0;
  std::error_code error;
  std::vector<fs::path> children;
  for (fs::directory_iterator entry(group, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_directory(error) && !entry->is_symlink(error)) children.push_back(entry->path());
  }
  for (const fs::path& child : children) {
    const std::string name = child.filename();
    if (!name.starts_with(kServerFolder)) {
      if (depth > 0) removed += remove_stale_below(child, depth - 1);
      continue;
    }
    const std::string identity = name.substr(kServerFolder.size());
    if (identity.find('-') == std::string::npos || identity_lives(identity)) continue;
    if (remove_server_folder(child)) ++removed;
  }
  return removed;
}

}  // namespace

std::vector<CgroupHierarchy> parse_hierarchies(std::string_view mounts, std::string_view own) {
  std::vector<CgroupHierarchy> found;
  std::istringstream lines{std::string(mounts)};
  for (std::string line; std::getline(lines, line);) {
    const auto fields = split(line, ' ');
    if (fields.size() < 4) continue;
    CgroupHierarchy hierarchy;
    hierarchy.mount_point = fields[1];
    if (fields[2] == "cgroup2") {
      hierarchy.own_group = own_group(own, {});
    } else if (fields[2] == "cgroup") {
      hierarchy.version = 1;
      for (const std::string& option : split(fields[3], ',')) {
        if (is_controller(option)) hierarchy.controllers.push_back(option);
      }
      if (hierarchy.controllers.empty()) continue;
      hierarchy.own_group = own_group(own, hierarchy.controllers);
    } else {
      continue;
    }
    found.push_back(std::move(hierarchy));
  }
  return found;
}

bool remove_server_folder(const fs::path& folder) {
  // The kernel counts a member for a moment after it was killed.
  for (int attempt = 0; attempt < 50; ++attempt) {
    if (empty_group(folder)) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

int remove_stale_groups(const std::vector<CgroupHierarchy>& hierarchies) {
  // Deep enough for a server that ran in a user's session or a container:
  // /user.slice/user-N.slice/user@N.service/app.slice/RUN.scope.
  constexpr int kDepth = 6;
  int removed = 0;
  for (const CgroupHierarchy& hierarchy : hierarchies) {
    removed += remove_stale_below(hierarchy.mount_point, kDepth);
  }
  return removed;
}

}  // namespace stepconf::platform
