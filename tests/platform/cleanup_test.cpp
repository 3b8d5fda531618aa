// What is left of a server that ends, with functions that have daemonised themselves: nothing.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>

#include "stepconf/base/descriptor.h"
#include "stepconf/base/error.h"
#include "stepconf/net/client.h"
#include "stepconf/platform/local/cgroups.h"
#include "stepconf/platform/local/process_tree.h"
#include "tests/platform/eventually.h"

namespace stepconf::platform {
namespace {

/// A running platform_server with one sandbox at work, one idle and a daemon of either.
class ServerProcess {
 public:
  ServerProcess() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Error("no pipe");
    const Descriptor reading(ends[0]);
    Descriptor writing(ends[1]);
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(writing.get(), STDOUT_FILENO);
      ::execl(PLATFORM_SERVER, PLATFORM_SERVER, PLATFORM_FUNCTION, nullptr);
      ::_exit(127);
    }
    writing.reset();
    std::string line(64, '\0');
    const ssize_t size = ::read(reading.get(), line.data(), line.size());
    if (size <= 0) throw Error("the server did not start");
    identity_ = identity_of(process_);
    guard_ = children_of(process_).at(0);
    fill(std::stoi(line));
  }
  ~ServerProcess() {
    if (process_ > 0) end(SIGKILL);
  }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  void end(int signal) {
    ::kill(process_, signal);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
  }

  std::vector<pid_t> living() const {
    std::vector<pid_t> found;
    for (const pid_t process : all_processes()) {
      if (environment_has(process, "STEPCONF_SANDBOX=" + identity_ + ".")) found.push_back(process);
    }
    // Whoever adopted it may not care for its exit status; a process that has ended shows no
    // environment.
    if (environment_has(guard_, "")) found.push_back(guard_);
    return found;
  }
  pid_t guard() const { return guard_; }
  const std::string& identity() const { return identity_; }

 private:
  void fill(int port) {
    net::Request request;
    request.method = "POST";
    request.target = "/2015-03-31/functions/f/invocations";
    request.body = R"({"daemonise":1,"sleep":1000})";
    net::BlockingClient busy("127.0.0.1", port);
    EXPECT_THROW(busy.exchange(request, Seconds(0.2)), Error);
    request.body = R"({"daemonise":1})";
    net::BlockingClient client("127.0.0.1", port);
    if (client.exchange(request, Seconds(20)).status != 200) throw Error("the function failed");
    // The guard, two functions, the daemon of each.
    EXPECT_TRUE(eventually([this] { return living().size() == 5; }));
  }

  pid_t process_ = -1, guard_ = -1;
  std::string identity_;
};

// Absent where a group of some other server vanished meanwhile.
std::optional<bool> has_group(const std::filesystem::path& hierarchy, const std::string& name) {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator entry(hierarchy, options, error), end;
       !error && entry != end; entry.increment(error)) {
    if (entry->path().filename() == name) return true;
  }
  if (error) return std::nullopt;
  return false;
}

bool cgroups_left(const std::string& identity) {
  std::ifstream mounts("/proc/self/mounts"), own("/proc/self/cgroup");
  const std::string mounts_text(std::istreambuf_iterator<char>(mounts), {});
  const std::string own_text(std::istreambuf_iterator<char>(own), {});
  return std::ranges::any_of(parse_hierarchies(mounts_text, own_text), [&](const auto& hierarchy) {
    std::optional<bool> found;
    while (!found) found = has_group(hierarchy.mount_point, "stepconf-" + identity);
    return *found;
  });
}

TEST(CleanUp, LeavesNothingAfterAnInterrupt) {
  ServerProcess server;
  server.end(SIGINT);
  EXPECT_TRUE(server.living().empty());
  EXPECT_FALSE(cgroups_left(server.identity()));
}

// Within a second as a rule; how long it takes a machine that is busy with other things is no
// matter of ours.
TEST(CleanUp, LeavesNothingSoonAfterTheServerIsKilled) {
  ServerProcess server;
  server.end(SIGKILL);
  EXPECT_TRUE(eventually([&] { return server.living().empty(); }));
  EXPECT_TRUE(eventually([&] { return !cgroups_left(server.identity()); }));
}

TEST(CleanUp, LeavesNothingAfterAnInterruptThatFollowsTheGuardsDeath) {
  ServerProcess server;
  ::kill(server.guard(), SIGKILL);
  server.end(SIGINT);
  EXPECT_TRUE(server.living().empty());
  EXPECT_FALSE(cgroups_left(server.identity()));
}

TEST(CleanUp, LeavesNothingToTheNextServerWhereTheGuardIsKilledToo) {
  ServerProcess server;
  const bool limited = cgroups_left(server.identity());
  // The guard cannot act between the two.
  ::kill(server.guard(), SIGSTOP);
  server.end(SIGKILL);
  ::kill(server.guard(), SIGKILL);
  if (!limited) GTEST_SKIP() << "no cgroups here, which would lead to the orphans";
  ServerProcess next;
  EXPECT_FALSE(cgroups_left(server.identity()));
  EXPECT_TRUE(eventually([&] { return server.living().empty(); }));
}

}  // namespace
}  // namespace stepconf::platform
