#pragma once

#include <sys/types.h>

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "stepconf/base/descriptor.h"
#include "stepconf/base/error.h"

namespace stepconf::wrapper {

/// Reports a command that cannot be executed.
class StartFailure : public Error {
  using Error::Error;
};

/// How a process ended.
struct ProcessEnd {
  /// As Lambda says it: "exit status 1", "signal: killed"; empty for status 0.
  std::string how;
  bool killed = false;
  /// The most memory that it held, in MB of 2^20 bytes. The system counts from the fork on: not
  /// less than this program held then, of which the process was an image.
  double peak_mb = 0;
};

/// A child process in a process group of its own, killed by the destructor and by the kernel when
/// the wrapper dies, however that happens. To be started from the wrapper's main thread, whose end
/// counts as the wrapper's.
class ChildProcess {
 public:
  /// Starts `command`, found as execvp finds it, with the wrapper's environment and `variables`
  /// (name, value; set or replaced) and `unset` removed. Throws StartFailure with the system's
  /// reason.
  ChildProcess(std::span<const std::string> command,
               std::span<const std::pair<std::string, std::string>> variables,
               std::span<const std::string> unset);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  /// Readable once the process has ended.
  int ended_descriptor() const { return pidfd_.get(); }
  /// Gives the reading ends of the process's output, to be taken once.
  Descriptor take_stdout() { return std::move(stdout_); }
  Descriptor take_stderr() { return std::move(stderr_); }

  /// Asks the process and what it has started to end (SIGTERM).
  void terminate() const;
  /// Kills the process and what it has started; its end is still to be waited for.
  /// Without effect once it was.
  void kill() const;
  /// Waits for the process's end.
  ProcessEnd wait();

 private:
  pid_t pid_ = -1;
  Descriptor pidfd_;
  Descriptor stdout_;
  Descriptor stderr_;
};

}  // namespace stepconf::wrapper
