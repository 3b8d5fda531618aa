#include "stepconf/wrapper/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace stepconf::wrapper {
namespace {

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Pipe make_pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    throw StartFailure(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  }
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

void restore_signals() {
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
}

std::string signal_name(int number) {
  // Lambda's own words, which are Go's names of signals.
  switch (number) {
    case SIGKILL:
      return "killed";
    case SIGSEGV:
      return "segmentation fault";
    case SIGABRT:
      return "aborted";
    case SIGTERM:
      return "terminated";
    case SIGBUS:
      return "bus error";
    default:
      return fmt::format("signal {}", number);
  }
}

/// The wrapper's environment with `variables` set and `unset` removed, as NAME=VALUE.
std::vector<std::string> environment(std::span<const std::pair<std::string, std::string>> variables,
                                     std::span<const std::string> unset) {
  std::vector<std::string> texts;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view text(*at);
    const std::string_view name = text.substr(0, text.find('='));
    const bool set = std::ranges::find(variables, name, [](const auto& variable) {
                       return std::string_view(variable.first);
                     }) != variables.end();
    if (!set && std::ranges::find(unset, name) == unset.end()) texts.emplace_back(text);
  }
  for (const auto& [name, value] : variables) texts.push_back(fmt::format("{}={}", name, value));
  return texts;
}

/// As execve(2) takes texts, which it does not change.
std::vector<char*> pointers(std::span<const std::string> texts) {
  std::vector<char*> found;
  for (const std::string& text : texts) found.push_back(const_cast<char*>(text.c_str()));
  found.push_back(nullptr);
  return found;
}

}  // namespace

ChildProcess::ChildProcess(std::span<const std::string> command,
                           std::span<const std::pair<std::string, std::string>> variables,
                           std::span<const std::string> unset) {
  Pipe output = make_pipe();
  Pipe errors = make_pipe();
  Pipe exec_failure = make_pipe();
  // All that needs memory stands ready before the fork: another thread may hold a lock then, which
  // nobody would release in the child.
  const std::vector<char*> arguments = pointers(command);
  const std::vector<std::string> texts = environment(variables, unset);
  const std::vector<char*> settings = pointers(texts);
  const pid_t parent = ::getpid();

  pid_ = ::fork();
  if (pid_ < 0) throw StartFailure(fmt::format("cannot fork: {}", std::strerror(errno)));
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);  // it died before the line above
    restore_signals();
    ::setpgid(0, 0);
    ::dup2(output.write.get(), STDOUT_FILENO);
    ::dup2(errors.write.get(), STDERR_FILENO);
    ::execvpe(arguments[0], arguments.data(), settings.data());
    const int reason = errno;
    (void)!::write(exec_failure.write.get(), &reason, sizeof reason);
    ::_exit(127);
  }
  exec_failure.write.reset();
  int reason = 0;
  if (::read(exec_failure.read.get(), &reason, sizeof reason) == sizeof reason) {
    wait();
    throw StartFailure(fmt::format("fork/exec {}: {}", command[0], std::strerror(reason)));
  }
  pidfd_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (!pidfd_) {
    const std::string why = std::strerror(errno);
    ::kill(pid_, SIGKILL);
    wait();
    throw StartFailure(fmt::format("cannot watch process: pidfd_open: {}", why));
  }
  stdout_ = std::move(output.read);
  stderr_ = std::move(errors.read);
}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  kill();
  wait();
}

void ChildProcess::terminate() const {
  if (pid_ > 0) ::kill(-pid_, SIGTERM);
}

void ChildProcess::kill() const {
  if (pid_ <= 0) return;  // kill(2) takes such numbers for many processes
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);  // which may have left its group
}

ProcessEnd ChildProcess::wait() {
  int status = 0;
  rusage use{};
  while (::wait4(pid_, &status, 0, &use) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  ProcessEnd end{.how = {}, .peak_mb = static_cast<double>(use.ru_maxrss) / 1024};
  if (WIFSIGNALED(status)) {
    end.killed = WTERMSIG(status) == SIGKILL;
    end.how = fmt::format("signal: {}", signal_name(WTERMSIG(status)));
  } else if (WEXITSTATUS(status) != 0) {
    end.how = fmt::format("exit status {}", WEXITSTATUS(status));
  }
  return end;
}

}  // namespace stepconf::wrapper
