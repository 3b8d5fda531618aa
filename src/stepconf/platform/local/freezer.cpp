#include "stepconf/platform/local/freezer.h"

#include <algorithm>
#include <csignal>

#include "stepconf/platform/local/process_tree.h"

namespace stepconf::platform {

namespace {

// As kill(2) takes them. A group may be there and yet list nobody: where each thread is in a group
// of its own (ThreadCaps).
std::vector<pid_t> processes_of(const SandboxGroup& group, pid_t leader) {
  std::vector<pid_t> found = group.members();
  if (!found.empty() || leader <= 0) return found;
  // Some may have process groups of their own, as a wrapper's copies do.
  found = descendants_of(leader);
  found.push_back(-leader);
  found.push_back(leader);
  return found;
}

}  // namespace

void Freezer::freeze(SandboxGroup& group, pid_t leader) {
  by_cgroup_ = group.freeze(true);
  if (by_cgroup_) return;
  // Twice at least: a process may have forked before it was stopped.
  for (bool found = true; found;) {
    found = false;
    for (const pid_t member : processes_of(group, leader)) {
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
