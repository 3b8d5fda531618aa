#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "stepconf/aws/credential_sources.h"
#include "stepconf/base/descriptor.h"
#include "stepconf/base/error.h"
#include "stepconf/base/units.h"

namespace stepconf::aws {
namespace {

constexpr std::chrono::minutes kProcessLimit{1};
constexpr std::size_t kLongest = 64 * 1024;

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Error(std::strerror(errno));
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// A shell with a command, killed with its children where it is not waited for.
class Shell {
 public:
  Shell(const std::string& command, int output) {
    ::posix_spawn_file_actions_t actions;
    ::posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    std::array<std::string, 3> words = {"sh", "-c", command};
    std::array<char*, 4> arguments = {words[0].data(), words[1].data(), words[2].data(), nullptr};
    const int failure =
        ::posix_spawn(&process_, "/bin/sh", &actions, &attributes, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (failure != 0) throw Error(std::strerror(failure));
  }
  ~Shell() {
    if (process_ <= 0) return;
    ::kill(-process_, SIGKILL);
    wait();
  }
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  /// Gives the exit status; 128 and the signal's number where one ended it.
  int wait() {
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    process_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  ::pid_t process_ = 0;
};

std::string read_until_end(int descriptor) {
  const auto give_up = std::chrono::steady_clock::now() + kProcessLimit;
  std::string text;
  while (true) {
    const Seconds left = give_up - std::chrono::steady_clock::now();
    ::pollfd wanted{.fd = descriptor, .events = POLLIN, .revents = 0};
    const int ready =
        left.count() <= 0 ? 0 : ::poll(&wanted, 1, static_cast<int>(left.count() * 1000) + 1);
    if (ready == 0) throw Error("it does not end within a minute");
    if (ready < 0 && errno == EINTR) continue;
    std::array<char, 4096> room{};
    const auto bytes = ::read(descriptor, room.data(), room.size());
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) throw Error(std::strerror(errno));
    if (bytes == 0) return text;
    text.append(room.data(), static_cast<std::size_t>(bytes));
    if (text.size() > kLongest) throw Error("it prints more than 64 KB");
  }
}

}  // namespace

Credentials process_credentials(const std::string& command, const std::string& profile) {
  try {
    Pipe pipe = make_pipe();
    Shell shell(command, pipe.write.get());
    pipe.write = Descriptor();
    const std::string output = read_until_end(pipe.read.get());
    const int status = shell.wait();
    if (status != 0) throw Error(fmt::format("it ends with status {}", status));
    return read_credentials(output);
  } catch (const Error& error) {
    // Neither the command nor what it prints: both may hold secrets.
    throw Error(fmt::format("credential_process of the profile \"{}\": {}", profile, error.what()));
  }
}

}  // namespace stepconf::aws
