#include "stepconf/platform/local/thread_caps.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "stepconf/platform/local/cgroups.h"
#include "stepconf/platform/local/process_tree.h"
#include "stepconf/platform/local/spawner.h"
#include "stepconf/platform/local/thread_groups.h"
#include "tests/platform/eventually.h"

namespace stepconf::platform {
namespace {

namespace fs = std::filesystem;

/// A sandbox's group in which a shell has started processes.
class ThreadCapsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!cgroups_.limits_cpu()) GTEST_SKIP() << cgroups_.reason();
    group_ = cgroups_.create("sandbox-test", {cpu_quota(1), MemoryMb{3008}});
  }

  void start(const std::string& script) {
    const Descriptor null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    token_ = spawner_.spawn(
        {{"sh", "-c", script}, {"PATH=/usr/bin:/bin"}, "/", group_.join_files()}, null.get());
  }

  // How many threads the sandbox's own group has, and those below it in ascending order.
  std::vector<std::size_t> threads() const {
    std::vector<std::size_t> counts;
    for (const auto& entry : fs::directory_iterator(group_.cpu_folder())) {
      if (entry.is_directory()) counts.push_back(threads_of(entry.path()).size());
    }
    std::ranges::sort(counts);
    counts.insert(counts.begin(), threads_of(group_.cpu_folder()).size());
    return counts;
  }

  void stop() {
    spawner_.kill(token_);
    EXPECT_TRUE(eventually([this] {
      return std::ranges::any_of(spawner_.notices(), [](const SpawnNotice& notice) {
        return notice.kind == SpawnNotice::Kind::exited;
      });
    }));
  }

  using Counts = std::vector<std::size_t>;
  Spawner spawner_;
  Cgroups cgroups_{identity_of(::getpid())};
  ThreadCaps caps_{cpu_quota(0.5)};
  SandboxGroup group_;
  SpawnToken token_ = 0;
};

TEST_F(ThreadCapsTest, GiveEachThreadAGroupAndRemoveThemAll) {
  start("sleep 1000 & sleep 1000 & wait");
  {
    const auto watch = caps_.watch(group_.cpu_folder());
    EXPECT_TRUE(eventually([this] { return threads() == Counts{0, 1, 1, 1}; }));
    stop();
  }
  EXPECT_TRUE(eventually([this] { return group_.remove(); }));
}

TEST_F(ThreadCapsTest, UseTheGroupsOfEndedThreadsAgain) {
  // A shell, and one child after the other.
  start("while true; do sleep 0.01; done");
  const auto watch = caps_.watch(group_.cpu_folder());
  std::set<pid_t> seen;
  std::size_t groups = 0;
  EXPECT_TRUE(eventually([&] {
    groups = 0;
    for (const auto& entry : fs::directory_iterator(group_.cpu_folder())) {
      if (!entry.is_directory()) continue;
      ++groups;
      for (const pid_t thread : threads_of(entry.path())) seen.insert(thread);
    }
    return seen.size() >= 8;
  }));
  EXPECT_LE(groups, 4u);
  stop();
}

TEST_F(ThreadCapsTest, FindTheThreadsOfASandboxThatIsGivenWorkAgain) {
  const auto watch = caps_.watch(group_.cpu_folder());
  watch->set_at_work(false);
  start("exec sleep 1000");
  watch->set_at_work(true);
  EXPECT_TRUE(eventually([this] { return threads() == Counts{0, 1}; }));
  stop();
}

}  // namespace
}  // namespace stepconf::platform
