#include "stepconf/platform/local/spawner.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <map>

#include "stepconf/platform/local/process_tree.h"
#include "tests/platform/eventually.h"

namespace stepconf::platform {
namespace {

// The processes that this test program's sandboxes started and that still live.
std::vector<pid_t> sandbox_processes(pid_t server = ::getpid()) {
  std::vector<pid_t> found;
  for (const pid_t process : all_processes()) {
    if (environment_has(process, "STEPCONF_SANDBOX=" + identity_of(server) + ".")) {
      found.push_back(process);
    }
  }
  return found;
}

class SpawnerTest : public testing::Test {
 protected:
  SpawnerTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    reading_ = Descriptor(ends[0]);
    writing_ = Descriptor(ends[1]);
  }

  SpawnToken spawn(const std::string& script, const std::string& directory = "/") {
    return spawner_.spawn(
        {{"sh", "-c", script}, {"PATH=/usr/bin:/bin", "COLOUR=blue"}, directory, {}},
        writing_.get());
  }

  std::optional<SpawnNotice> next_notice() {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (pending_.empty() && std::chrono::steady_clock::now() < give_up && spawner_.alive()) {
      pollfd watched{spawner_.descriptor(), POLLIN, 0};
      ::poll(&watched, 1, 100);
      pending_ = spawner_.notices();
    }
    if (pending_.empty()) return std::nullopt;
    SpawnNotice notice = pending_.front();
    pending_.erase(pending_.begin());
    return notice;
  }

  // The wait status of `token`, skipping other notices.
  int exit_of(SpawnToken token) {
    while (const auto notice = next_notice()) {
      if (notice->token == token && notice->kind == SpawnNotice::Kind::exited) {
        return notice->wait_status;
      }
    }
    return -1;
  }

  std::string output() {
    writing_.reset();
    std::string text(4096, '\0');
    const ssize_t size = ::read(reading_.get(), text.data(), text.size());
    text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return text;
  }

  Spawner spawner_;
  Descriptor reading_, writing_;
  std::vector<SpawnNotice> pending_;
};

TEST_F(SpawnerTest, StartsACommandWithItsOwnEnvironmentFolderAndOutput) {
  ::setenv("NOT_FOR_SANDBOXES", "1", 1);
  const SpawnToken token =
      spawn("echo $COLOUR $NOT_FOR_SANDBOXES $PWD; ps -o pgid= -p $$ >/dev/null", "/usr");
  const auto started = next_notice();
  ASSERT_TRUE(started);
  EXPECT_EQ(started->kind, SpawnNotice::Kind::started);
  EXPECT_EQ(started->token, token);
  EXPECT_GT(started->process, 0);
  exit_of(token);
  EXPECT_EQ(output(), "blue /usr\n");
}

TEST_F(SpawnerTest, TellsHowAProcessEnded) {
  const int exited = exit_of(spawn("exit 3"));
  EXPECT_TRUE(WIFEXITED(exited));
  EXPECT_EQ(WEXITSTATUS(exited), 3);
  const int killed = exit_of(spawn("kill -SEGV $$"));
  EXPECT_TRUE(WIFSIGNALED(killed));
  EXPECT_EQ(WTERMSIG(killed), SIGSEGV);
}

TEST_F(SpawnerTest, TellsWhyACommandCannotStart) {
  spawner_.spawn({{"/no/such/program"}, {}, "/", {}}, writing_.get());
  const auto no_program = next_notice();
  ASSERT_TRUE(no_program);
  EXPECT_EQ(no_program->kind, SpawnNotice::Kind::failed);
  EXPECT_EQ(no_program->failure, "exec: No such file or directory");

  spawner_.spawn({{"true"}, {}, "/no/such/folder", {}}, writing_.get());
  const auto no_folder = next_notice();
  ASSERT_TRUE(no_folder);
  EXPECT_EQ(no_folder->failure, "chdir: No such file or directory");
}

TEST_F(SpawnerTest, KillsAProcessAndAllThatItStarted) {
  const SpawnToken token = spawn("sleep 1000 & setsid sleep 1000 & sleep 1000");
  ASSERT_TRUE(eventually([] { return sandbox_processes().size() == 4; }));
  spawner_.kill(token);
  EXPECT_TRUE(WIFSIGNALED(exit_of(token)));
  EXPECT_TRUE(eventually([] { return sandbox_processes().empty(); }));
}

TEST_F(SpawnerTest, LeavesNothingOfASandboxWhoseFirstProcessEnds) {
  // The inner shell ends at once, so its child in a session of its own becomes an orphan.
  const SpawnToken token =
      spawn("setsid sh -c 'sleep 1000 & exit' ; echo ready; read x </dev/null");
  EXPECT_TRUE(WIFEXITED(exit_of(token)));
  EXPECT_TRUE(eventually([] { return sandbox_processes().empty(); }));
}

// Whatever moment the first process's end meets.
TEST_F(SpawnerTest, LeavesNoDaemonThatIsBetweenTwoProgramsWhenTheSandboxEnds) {
  // It becomes itself again for ever.
  const std::string daemon = R"((setsid sh -c 'exec sh -c "$0" "$0"' 'exec sh -c "$0" "$0"' &))";
  for (int i = 0; i < 20; ++i) exit_of(spawn(daemon));
  // Each would be seen at some moment.
  int seen = 0;
  for (int look = 0; look < 20; ++look) seen += static_cast<int>(sandbox_processes().size());
  EXPECT_EQ(seen, 0);
}

// Notices and orders together are more than the socket holds while nobody reads the notices.
TEST_F(SpawnerTest, TakesOrdersWhileNobodyReadsItsNotices) {
  const int smallest = 0;
  ::setsockopt(spawner_.descriptor(), SOL_SOCKET, SO_SNDBUF, &smallest, sizeof smallest);
  constexpr int kProcesses = 300;
  for (int i = 0; i < kProcesses; ++i) spawner_.spawn({{"/bin/true"}, {}, "/", {}}, writing_.get());
  int ended = 0;
  while (ended < kProcesses) {
    const auto notice = next_notice();
    ASSERT_TRUE(notice) << "after " << ended << " processes";
    if (notice->kind == SpawnNotice::Kind::exited) ++ended;
  }
}

// An event loop makes the sockets that it watches non-blocking.
TEST_F(SpawnerTest, KeepsOrdersThatTheGuardIsTooBusyToTake) {
  const int smallest = 0;
  ::setsockopt(spawner_.descriptor(), SOL_SOCKET, SO_SNDBUF, &smallest, sizeof smallest);
  ::fcntl(spawner_.descriptor(), F_SETFL, O_NONBLOCK);
  ::kill(spawner_.guard(), SIGSTOP);
  constexpr int kProcesses = 100;
  for (int i = 0; i < kProcesses; ++i) spawner_.kill(12'345);
  for (int i = 0; i < kProcesses; ++i) spawn("echo $COLOUR");
  EXPECT_TRUE(spawner_.alive());
  ::kill(spawner_.guard(), SIGCONT);
  int ended = 0;
  while (ended < kProcesses) {
    const auto notice = next_notice();
    ASSERT_TRUE(notice) << "after " << ended << " processes";
    if (notice->kind == SpawnNotice::Kind::exited) ++ended;
  }
  EXPECT_EQ(output().size(), std::string("blue\n").size() * kProcesses);
}

TEST_F(SpawnerTest, SparesTheOtherSandboxes) {
  const SpawnToken kept = spawn("exec sleep 1000");
  for (int i = 0; i < 10; ++i) exit_of(spawn("true"));
  EXPECT_TRUE(eventually([] { return sandbox_processes().size() == 1; }));
  spawner_.kill(kept);
  EXPECT_TRUE(WIFSIGNALED(exit_of(kept)));
}

// A shell, its child, and a daemon that has left its process group.
void start_a_family(Spawner& spawner) {
  const Descriptor null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  spawner.spawn(
      {{"sh", "-c", "(setsid sleep 1000 &) ; sleep 1000"}, {"PATH=/usr/bin:/bin"}, "/", {}},
      null.get());
  ASSERT_TRUE(eventually([] { return sandbox_processes().size() == 3; }));
}

TEST(Spawner, KillsEverythingAtItsEnd) {
  {
    Spawner spawner;
    start_a_family(spawner);
  }
  EXPECT_TRUE(sandbox_processes().empty());
}

TEST(Spawner, LeavesNothingWhereItsGuardIsKilled) {
  {
    Spawner spawner;
    start_a_family(spawner);
    ::kill(spawner.guard(), SIGKILL);
    EXPECT_TRUE(eventually([&] { return spawner.notices().empty() && !spawner.alive(); }));
  }
  EXPECT_TRUE(eventually([] { return sandbox_processes().empty(); }));
}

// A process that runs while the test looks at it.
class RunningProcess {
 public:
  RunningProcess(std::vector<std::string> command, std::vector<std::string> environment) {
    process_ = ::fork();
    if (process_ != 0) return;
    ::execve(command.front().c_str(), pointers(command).data(), pointers(environment).data());
    ::_exit(127);
  }
  ~RunningProcess() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  RunningProcess(const RunningProcess&) = delete;
  RunningProcess& operator=(const RunningProcess&) = delete;
  pid_t number() const { return process_; }

 private:
  static std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (std::string& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
  }
  pid_t process_ = -1;
};

TEST(ProcessTree, NeverTakesAnExecForAnEmptyEnvironment) {
  const std::string again = R"(exec /bin/sh -c "$0" "$0")";
  const RunningProcess restless({"/bin/sh", "-c", again, again}, {"MARK=1"});
  ASSERT_TRUE(eventually([&] { return environment_has(restless.number(), "MARK=1"); }));
  for (int look = 0; look < 5000; ++look) {
    EXPECT_NE(environment_known_to_have(restless.number(), "MARK="), std::optional(false)) << look;
  }
}

TEST(ProcessTree, KnowsAnEmptyEnvironmentAndThatOfAProcessThatHasEnded) {
  const RunningProcess bare({"/bin/sleep", "1000"}, {});
  EXPECT_TRUE(eventually(
      [&] { return environment_known_to_have(bare.number(), "MARK=") == std::optional(false); }));
  const RunningProcess zombie({"/bin/false"}, {"MARK=1"});
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(zombie.number()), &info, WEXITED | WNOWAIT);
  EXPECT_EQ(environment_known_to_have(zombie.number(), "MARK="), std::optional(false));
}

TEST(ProcessTree, AnIdentityOutlivesNoProcess) {
  EXPECT_TRUE(identity_lives(identity_of(::getpid())));
  // The same number with another start is another process.
  EXPECT_FALSE(identity_lives(std::to_string(::getpid()) + "-1"));
  EXPECT_FALSE(identity_lives("nonsense"));
}

}  // namespace
}  // namespace stepconf::platform
