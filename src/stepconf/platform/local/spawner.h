#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "stepconf/base/error.h"
#include "stepconf/platform/local/spawn_protocol.h"

namespace stepconf::platform {

/// Names a process that a Spawner was asked to start; never reused by the same Spawner.
using SpawnToken = std::uint64_t;

/// A process to start: the leader of a new process group, with standard output and error going to
/// one descriptor.
struct SpawnOrder {
  /// Program and arguments; a program without a slash is looked up in the new environment's PATH, a
  /// relative one in `directory`.
  std::vector<std::string> command;
  /// "NAME=value", nothing is inherited.
  std::vector<std::string> environment;
  /// Where it runs; empty: where the program runs.
  std::string directory;
  /// The files of the cgroups that it joins before it becomes the command: cgroup.procs, or v1's
  /// tasks.
  std::vector<std::string> join_files;
};

/// What became of a process.
struct SpawnNotice {
  enum class Kind { started, failed, exited };
  Kind kind = Kind::started;
  SpawnToken token = 0;
  /// started: the process's number.
  pid_t process = 0;
  /// exited: as waitpid(2) tells it. Whatever else the process had started is dead too.
  int wait_status = 0;
  /// failed: "exec: no such file or directory", "chdir: ...", "join cgroup: ...".
  std::string failure;
};

/// Starts processes through a guard: a small child of this program that becomes their parent, and
/// kills them and all their descendants as soon as this program ends, however it ends. Ctrl-C
/// reaches neither the guard nor what it starts. Make it early, while the program has one thread
/// and little memory, in a thread that lives as long as the program. Used by one thread at a time.
class Spawner {
 public:
  /// Forks the guard. Throws Error where the system refuses.
  Spawner();
  /// Has everything killed and waits until that is done.
  ~Spawner();
  Spawner(const Spawner&) = delete;
  Spawner& operator=(const Spawner&) = delete;

  /// Asks for a process and returns at once; `notices` tells the rest. `output` is copied.
  SpawnToken spawn(const SpawnOrder& order, int output);
  /// Asks that a process and all that it started be killed; `exited` follows. Without effect on one
  /// that is gone.
  void kill(SpawnToken token);
  /// Has the guard remove a cgroup and the cgroups in it when the program is gone.
  void remove_at_end(const std::string& cgroup);

  /// Readable when `notices` has something.
  int descriptor() const { return channel_->descriptor(); }
  /// Takes what has been told, without waiting.
  std::vector<SpawnNotice> notices();
  /// Whether the guard still runs, as far as `notices`, `spawn` and `kill` have seen.
  bool alive() const { return alive_; }
  pid_t guard() const { return guard_; }

 private:
  void send(const SpawnFrame& frame, int attached = -1);
  void kill_what_the_guard_left() const;

  std::string identity_;
  std::vector<std::string> cgroups_;
  std::unique_ptr<SpawnChannel> channel_;
  pid_t guard_ = -1;
  bool alive_ = true;
  SpawnToken last_token_ = 0;
};

}  // namespace stepconf::platform
