#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "stepconf/net/loop.h"
#include "stepconf/net/server.h"
#include "stepconf/platform/local/cgroups.h"
#include "stepconf/platform/local/freezer.h"
#include "stepconf/platform/local/function_error.h"
#include "stepconf/platform/local/local_options.h"
#include "stepconf/platform/local/log_pipe.h"
#include "stepconf/platform/local/spawner.h"
#include "stepconf/platform/local/thread_caps.h"
#include "stepconf/platform/platform.h"

namespace stepconf::platform {

/// How a call ended: the completion, and what only the Invoke API tells.
struct Outcome {
  Completion completion;
  std::string request_id;
  /// The last 4 KB of what the sandbox wrote during the call.
  std::string log_tail;
  /// Whether the platform refused the call, so that no function had a part in it.
  bool refused = false;
};

/// A call on its way.
struct Work {
  std::string request_id;
  std::string invoked_arn;
  /// What the log says of the version: "$LATEST" or a number.
  std::string version;
  std::string trace_id;
  std::string client_context;
  std::string payload;
  /// What is known of it so far: id, dispatched.
  Completion completion;
  std::function<void(Outcome)> done;
};

/// Told what happens in a sandbox. The sandbox must not be destroyed from inside these calls.
class SandboxOwner {
 public:
  virtual ~SandboxOwner() = default;
  /// The platform's clock.
  virtual Seconds now() const = 0;
  /// A call ended in it, and `Work::done` is about to be told.
  virtual void call_ended(const class Sandbox& sandbox) = 0;
  /// It takes work again; the runtime may not have asked for it yet.
  virtual void became_idle(class Sandbox& sandbox) = 0;
  /// It takes no work any more; its processes are being killed or have ended. A call that had not
  /// reached the function comes back.
  virtual void closed(class Sandbox& sandbox, std::unique_ptr<Work> undelivered) = 0;
};

/// What all sandboxes of a platform share.
struct SandboxSurroundings {
  net::Loop& loop;
  Spawner& spawner;
  Cgroups* cgroups;
  /// Absent where one thread cannot be faster than one vCPU anyway.
  ThreadCaps* thread_caps;
  const LocalPlatformOptions& options;
  SandboxOwner& owner;
};

/// A function instance: a process group under limits that takes events from a Runtime API of its
/// own (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html). It lives in the loop's
/// thread.
class Sandbox {
 public:
  /// Starts it. Throws Error where there is no port, pipe or cgroup for it.
  Sandbox(const SandboxSurroundings& surroundings, const std::string& function, MemoryMb memory);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  const std::string& function() const { return name_; }
  MemoryMb memory() const { return memory_; }
  SpawnToken token() const { return token_; }
  pid_t process() const { return process_; }

  /// Hands it a call: it is delivered as soon as the runtime asks. REQUIRES: takes_work().
  void assign(std::unique_ptr<Work> work);
  bool takes_work() const { return !ending_ && !exited_ && work_ == nullptr; }
  /// Whether a call is waiting for it or in it.
  bool at_work() const { return work_ != nullptr; }
  /// Notes that the call was made while the machine had too few CPUs. True where there is a call
  /// that was not marked before.
  bool mark_oversubscribed();

  /// Ends it now; a call in it fails with `error` (absent: as killed).
  void close(const std::optional<FunctionError>& error = std::nullopt);

  /// What the spawner told of its process.
  void process_started(pid_t process) { process_ = process; }
  void process_failed(const std::string& reason);
  /// `gone` is told once what it has posted last is heard; it may destroy the sandbox later.
  void process_exited(int wait_status, std::function<void()> gone);

 private:
  // initialising: started, has not asked for an event. waiting: asks for one. working: has one.
  // settling: has answered it and not asked for the next. Where a call is assigned but not
  // delivered, the state is initialising or settling.
  enum class State { initialising, waiting, working, settling, closed };

  void handle(net::Request request, const net::Responder& responder);
  void next_asked(const net::Responder& responder);
  void response_posted(net::Request request, const net::Responder& responder);
  void error_posted(net::Request request, const net::Responder& responder);
  void init_error_posted(net::Request request, const net::Responder& responder);
  void deliver();
  void finish(const std::optional<FunctionError>& error, std::string payload);
  void report(const Work& work, const std::optional<FunctionError>& error, bool delivered);
  void end(const std::optional<FunctionError>& error);
  void look_for_threads(bool at_work);
  void set_deadline(Seconds delay);
  void deadline_passed();
  // INIT has at least one vCPU's time whatever the memory size, as on Lambda, where it does not
  // depend on it.
  CpuQuota init_quota() const;
  CpuQuota working_quota() const;
  int peak_memory_mb();

  SandboxSurroundings around_;
  std::string name_;
  const LocalFunction& settings_;
  MemoryMb memory_;
  SandboxGroup group_;
  std::unique_ptr<ThreadCaps::Watch> thread_watch_;
  Freezer freezer_;
  std::unique_ptr<LogPipe> log_;
  State state_ = State::initialising;
  std::unique_ptr<Work> work_;
  std::optional<net::Responder> next_;
  std::unique_ptr<net::Handle> deadline_;
  SpawnToken token_ = 0;
  pid_t process_ = 0;
  Seconds created_{0}, init_{0};
  bool first_call_ = true;
  // Its first process has ended, though what that posted last may not have been read yet.
  bool exited_ = false;
  bool ending_ = false;
  int peak_mb_ = 0;
  std::unique_ptr<net::Server> server_;
};

}  // namespace stepconf::platform
