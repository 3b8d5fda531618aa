// Nothing that a function starts may outlive the server, even where the server is killed by SIGKILL
// and the function has daemonised itself out of its process group and session. Only a parent is
// told reliably of a death, and only a "child subreaper" (prctl(2)) becomes the parent of orphans,
// so this small process stands between the two: every process of every sandbox is its descendant
// for life. The kernel closes the server's end of the socket when the server dies; the guard then
// kills its descendants until there are none, removes their cgroups and ends.

#include "stepconf/platform/local/guard.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <thread>

#include "stepconf/platform/local/cgroups.h"
#include "stepconf/platform/local/process_tree.h"
#include "stepconf/platform/local/spawn_protocol.h"

namespace stepconf::platform {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// What a child reports where it could not become the command: the step and errno.
enum class SpawnStep : int { join_cgroup = 1, enter_directory = 2, execute = 3 };
struct SpawnFault {
  int step = 0;
  int error = 0;
};

struct Child {
  std::uint64_t token = 0;
  std::string marker;
  // They list the members too: processes, or v1's threads, which kill(2) takes as well.
  std::vector<std::string> join_files;
  // Open until the exec has happened or failed.
  Descriptor exec_report;
  bool failed = false;
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

struct SpawnTask {
  std::vector<std::string> command, environment, join_files;
  std::string directory;
  int output = -1;
  int report = -1;
};

bool join_cgroup(const std::string& join_file) {
  const Descriptor file(::open(join_file.c_str(), O_WRONLY | O_CLOEXEC));
  return file && ::write(file.get(), "0", 1) == 1;
}

// What the guard had at first, and its children are to have.
struct Inheritance {
  pid_t guard = 0;
  sigset_t signals{};
  rlimit descriptors{};
};

// Hundreds of orders may arrive at once, each with a descriptor.
void raise_descriptor_limit(rlimit limit) {
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// Runs in the forked child; never returns.
[[noreturn]] void become(SpawnTask task, const Inheritance& inheritance) {
  const auto fail = [&task](SpawnStep step) {
    const SpawnFault fault{static_cast<int>(step), errno};
    (void)!::write(task.report, &fault, sizeof fault);
    ::_exit(127);
  };
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != inheritance.guard) ::_exit(127);
  for (const std::string& file : task.join_files) {
    if (!join_cgroup(file)) fail(SpawnStep::join_cgroup);
  }
  if (!task.directory.empty() && ::chdir(task.directory.c_str()) != 0) {
    fail(SpawnStep::enter_directory);
  }
  ::dup2(task.output, STDOUT_FILENO);
  ::dup2(task.output, STDERR_FILENO);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) ::signal(signal, SIG_DFL);
  ::sigprocmask(SIG_SETMASK, &inheritance.signals, nullptr);
  ::setrlimit(RLIMIT_NOFILE, &inheritance.descriptors);

  std::vector<char*> arguments = pointers(task.command);
  std::vector<char*> variables = pointers(task.environment);
  environ = variables.data();
  ::execvp(arguments.front(), arguments.data());
  fail(SpawnStep::execute);
  ::_exit(127);
}

class Guard {
 public:
  Guard(Descriptor socket, pid_t server) : channel_(std::move(socket)), server_(server) {}

  int run() {
    ::sigset_t blocked;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGCHLD);
    ::sigaddset(&blocked, SIGUSR1);
    ::sigprocmask(SIG_BLOCK, &blocked, &inheritance_.signals);
    ::sigdelset(&inheritance_.signals, SIGCHLD);
    ::getrlimit(RLIMIT_NOFILE, &inheritance_.descriptors);
    raise_descriptor_limit(inheritance_.descriptors);
    signals_ = Descriptor(::signalfd(-1, &blocked, SFD_CLOEXEC | SFD_NONBLOCK));
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    // A second line beside the socket, which some other child of the server might hold open.
    ::prctl(PR_SET_PDEATHSIG, SIGUSR1);

    while (server_lives_ && ::getppid() == server_) step();
    end_everything();
    return 0;
  }

 private:
  void step() {
    // The guard never waits for a server that does not listen: that one may be waiting for it.
    const short wanted = channel_.has_unsent() ? POLLIN | POLLOUT : POLLIN;
    std::vector<pollfd> watched{{channel_.descriptor(), wanted, 0}, {signals_.get(), POLLIN, 0}};
    for (const auto& [pid, child] : children_) {
      if (child.exec_report) watched.push_back({child.exec_report.get(), POLLIN, 0});
    }
    if (::poll(watched.data(), watched.size(), -1) < 0) return;

    std::array<signalfd_siginfo, 16> pending{};
    while (::read(signals_.get(), pending.data(), sizeof pending) > 0) {
    }
    for (auto& [pid, child] : children_) {
      if (child.exec_report) read_exec_report(pid, child, false);
    }
    reap();
    channel_.flush();
    server_lives_ = channel_.receive();
    while (auto frame = channel_.next()) obey(*frame);
  }

  void obey(SpawnFrame& frame) {
    switch (frame.kind()) {
      case SpawnMessage::spawn:
        return spawn(frame);
      case SpawnMessage::kill: {
        const std::uint64_t token = frame.take_number();
        const auto found = std::ranges::find_if(
            children_, [&](const auto& entry) { return entry.second.token == token; });
        if (found != children_.end()) {
          ::kill(found->first, SIGKILL);
        } else {
          channel_.send(SpawnFrame(SpawnMessage::taken));
        }
        return;
      }
      case SpawnMessage::remove_at_end:
        cgroups_.push_back(frame.take_text());
        channel_.send(SpawnFrame(SpawnMessage::taken));
        return;
      default:
        return;
    }
  }

  void spawn(SpawnFrame& frame) {
    Child child;
    SpawnTask task;
    child.token = frame.take_number();
    child.marker = frame.take_text();
    task.command = frame.take_list();
    task.environment = frame.take_list();
    task.directory = frame.take_text();
    task.join_files = frame.take_list();
    child.join_files = task.join_files;
    const Descriptor output = channel_.next_descriptor();
    task.output = output.get();

    std::array<int, 2> report{};
    if (::pipe2(report.data(), O_CLOEXEC | O_NONBLOCK) != 0) return tell_failure(child, errno);
    child.exec_report = Descriptor(report[0]);
    const Descriptor report_end(report[1]);
    task.report = report_end.get();

    const pid_t pid = ::fork();
    if (pid < 0) return tell_failure(child, errno);
    if (pid == 0) become(std::move(task), inheritance_);
    // Both do it, so that neither has to wait for the other.
    ::setpgid(pid, pid);
    children_.emplace(pid, std::move(child));
  }

  void tell_failure(const Child& child, int error, SpawnStep step = SpawnStep::execute) {
    channel_.send(SpawnFrame(SpawnMessage::failed)
                      .put(child.token)
                      .put(static_cast<std::uint64_t>(step))
                      .put(static_cast<std::uint64_t>(error)));
  }

  void read_exec_report(pid_t pid, Child& child, bool dead) {
    SpawnFault fault;
    const ssize_t size = ::read(child.exec_report.get(), &fault, sizeof fault);
    if (size < 0 && errno == EAGAIN && !dead) return;
    child.exec_report.reset();
    if (size == sizeof fault) {
      child.failed = true;
      tell_failure(child, fault.error, static_cast<SpawnStep>(fault.step));
    } else {
      channel_.send(
          SpawnFrame(SpawnMessage::started).put(child.token).put(static_cast<std::uint64_t>(pid)));
    }
  }

  void reap() {
    while (true) {
      siginfo_t info{};
      // Left as a zombie for now: its number, and so its group's, cannot be reused before its
      // remains are gone.
      if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
      const pid_t pid = info.si_pid;
      const auto found = children_.find(pid);
      if (found == children_.end()) {
        ::waitpid(pid, nullptr, 0);
        continue;
      }
      Child child = std::move(found->second);
      if (child.exec_report) read_exec_report(pid, child, true);
      kill_remains(pid, child);
      children_.erase(pid);
      int status = 0;
      ::waitpid(pid, &status, 0);
      if (!child.failed) {
        channel_.send(SpawnFrame(SpawnMessage::exited)
                          .put(child.token)
                          .put(static_cast<std::uint64_t>(status)));
      }
    }
  }

  struct Remains {
    std::vector<pid_t> found;
    // Whether these are all: no orphan is in the middle of an exec, and none has ended meanwhile,
    // whose own children would have become orphans after we had listed those.
    bool settled = true;
  };

  // What is left of a sandbox whose first process has ended: the members of its cgroup, and orphans
  // that carry its marker.
  Remains remains(const Child& child) const {
    Remains left;
    for (const std::string& file : child.join_files) {
      std::ifstream members(file);
      // 0 stands for a process of another PID namespace, and to kill(2) for our own group.
      for (pid_t member = 0; members >> member;) {
        if (member > 0) left.found.push_back(member);
      }
    }
    for (const pid_t orphan : children_of(::getpid())) {
      if (children_.contains(orphan)) continue;
      const std::optional<bool> ours = environment_known_to_have(orphan, child.marker);
      const bool ended = ::waitpid(orphan, nullptr, WNOHANG) != 0;
      if (ended || !ours) left.settled = false;
      if (ended || !ours.value_or(false)) continue;
      left.found.push_back(orphan);
      for (const pid_t below : descendants_of(orphan)) left.found.push_back(below);
    }
    return left;
  }

  void kill_remains(pid_t group, const Child& child) const {
    const auto give_up = steady_clock::now() + milliseconds(500);
    ::kill(-group, SIGKILL);
    for (auto left = remains(child);
         (!left.found.empty() || !left.settled) && steady_clock::now() < give_up;
         left = remains(child)) {
      for (const pid_t process : left.found) ::kill(process, SIGKILL);
      std::this_thread::sleep_for(std::chrono::microseconds(300));
    }
  }

  void end_everything() const {
    const pid_t self = ::getpid();
    const auto give_up = steady_clock::now() + std::chrono::seconds(5);
    for (auto left = descendants_of(self); !left.empty() && steady_clock::now() < give_up;
         left = descendants_of(self)) {
      for (const pid_t process : left) ::kill(process, SIGKILL);
      while (::waitpid(-1, nullptr, WNOHANG) > 0) {
      }
      std::this_thread::sleep_for(std::chrono::microseconds(300));
    }
    for (const std::string& folder : cgroups_) remove_server_folder(folder);
  }

  SpawnChannel channel_;
  pid_t server_;
  bool server_lives_ = true;
  Descriptor signals_;
  Inheritance inheritance_{::getpid(), {}, {}};
  std::map<pid_t, Child> children_;
  std::vector<std::string> cgroups_;
};

}  // namespace

int run_guard(Descriptor socket, pid_t server) {
  // Out of the terminal's reach: Ctrl-C is for the server, which then closes the socket.
  ::setsid();
  ::prctl(PR_SET_NAME, "stepconf-guard");
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) ::signal(signal, SIG_IGN);
  // Sandboxes are stopped and continued with every event, which is no news here.
  struct sigaction deaths_only{};
  deaths_only.sa_handler = SIG_DFL;
  deaths_only.sa_flags = SA_NOCLDSTOP;
  ::sigaction(SIGCHLD, &deaths_only, nullptr);
  const int null = ::open("/dev/null", O_RDWR);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (null >= 0) ::dup2(null, standard);
  }
  // Nobody's pipe or socket may stay open because the guard still has it.
  const unsigned kept = static_cast<unsigned>(socket.get());
  ::close_range(STDERR_FILENO + 1, kept - 1, 0);
  ::close_range(kept + 1, ~0U, 0);
  return Guard(std::move(socket), server).run();
}

}  // namespace stepconf::platform
