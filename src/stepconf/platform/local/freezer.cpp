#include "stepconf/platform/local/freezer.h"

#include <algorithm>
#include <csignal>

namespace stepconf::platform {

void Freezer::freeze(SandboxGroup& group, pid_t leader) {
  by_cgroup_ = group.freeze(true);
  if (by_cgroup_) return;
  // Twice at least: a process may have forked before it was stopped.
  std::vector<pid_t> members = group.members();
  if (members.empty() && leader > 0) members = {-leader};
  for (bool found = true; found; members = group.members()) {
    found = false;
    for (const pid_t member : members) {
      if (std::ranges::count(stopped_, member) > 0 || ::kill(member, SIGSTOP) != 0) continue;
      stopped_.push_back(member);
      found = true;
    }
  }
}

void Freezer::thaw(SandboxGroup& group) {
  if (by_cgroup_) group.freeze(false);
  by_cgroup_ = false;
  for (const pid_t member : stopped_) ::kill(member, SIGCONT);
  stopped_.clear();
}

}  // namespace stepconf::platform
