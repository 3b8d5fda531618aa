#include "stepconf/platform/local/thread_groups.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <sstream>
#include <string>

#include "stepconf/platform/local/cgroup_files.h"

namespace stepconf::platform {

namespace fs = std::filesystem;

namespace {

// v1's `tasks` lists threads, as v2's cgroup.threads does.
bool is_v1(const fs::path& group) {
  std::error_code unreadable;
  return fs::exists(group / "tasks", unreadable);
}

const char* threads_file(const fs::path& group) {
  return is_v1(group) ? "tasks" : "cgroup.threads";
}

// The order is the kernel's: the group above may hand the controller on while processes are in it
// only once it has a threaded group below.
bool make_threaded(const fs::path& folder) {
  return write_value(folder / "cgroup.type", "threaded") == 0 &&
         hand_on(folder.parent_path(), "cpu") == 0;
}

}  // namespace

bool make_thread_group(const fs::path& folder, const CpuQuota& quota) {
  if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) return false;
  const bool v1 = is_v1(folder);
  if ((v1 || make_threaded(folder)) && set_quota(v1 ? 1 : 2, folder, quota) == 0) return true;
  ::rmdir(folder.c_str());
  return false;
}

std::vector<pid_t> threads_of(const fs::path& group) {
  std::istringstream text(contents(group / threads_file(group)));
  std::vector<pid_t> threads;
  // 0 stands for a thread of a PID namespace that is not ours.
  for (pid_t thread = 0; text >> thread;) {
    if (thread > 0) threads.push_back(thread);
  }
  return threads;
}

bool move_thread(pid_t thread, const fs::path& group) {
  return write_value(group / threads_file(group), std::to_string(thread)) == 0;
}

}  // namespace stepconf::platform
