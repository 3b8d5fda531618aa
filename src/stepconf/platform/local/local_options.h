#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/base/units.h"
#include "stepconf/platform/local/dispatch_delay.h"

namespace stepconf::platform {

/// A function that the local platform can run.
struct LocalFunction {
  /// How one copy of its runtime is started, which speaks the Lambda Runtime API.
  std::vector<std::string> command;
  /// Where it runs; LAMBDA_TASK_ROOT.
  std::filesystem::path directory;
  std::map<std::string, std::string> environment;
  Seconds timeout{60};
  /// The memory sizes it may be called with; empty: the platform's.
  std::vector<MemoryMb> memory_sizes;
};

/// When events of asynchronous calls are tried again; the defaults are Lambda's
/// (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
struct EventRetries {
  /// Where the function fails: one attempt more after each.
  std::vector<Seconds> after_failure{Seconds(60), Seconds(120)};
  /// Where a call is throttled or the platform fails: after so long, then twice as long each time
  /// up to the last, until the event is so old.
  Seconds first_refusal{1}, last_refusal{300};
  Seconds longest_age{6 * 3600};
};

/// How the local platform is to run, with defaults after Lambda's.
struct LocalPlatformOptions {
  /// By name.
  std::map<std::string, LocalFunction> functions;
  /// The memory sizes that may be chosen, ascending; an alias "mem-512" for each.
  std::vector<MemoryMb> memory_sizes;
  /// Multiplies every sandbox's CPUs, m / 1769. A machine smaller than the configuration space
  /// takes less than 1.
  double cpu_scale = 1;
  /// stepconf-wrapper, which each sandbox starts with the function's command as arguments; empty:
  /// the command itself is started.
  std::filesystem::path wrapper;
  /// Takes each line that a function writes; called in the platform's thread. Absent: lines are
  /// dropped.
  std::function<void(std::string_view function, std::string_view line)> log;
  /// Whether START, END and REPORT lines stand in the log around each call, as on Lambda.
  bool report_calls = false;
  /// Told once, in the platform's thread, where the platform cannot go on: the guard process has
  /// died.
  std::function<void(const std::string& reason)> failed;
  /// What stands in ARNs and in AWS_REGION.
  std::string region = "us-east-1", account = "000000000000";
  /// Invocations at once; more are answered TooManyRequestsException.
  int concurrency = 1000;
  EventRetries event_retries{};
  /// Who is taken to dispatch what comes by Platform::start. The Invoke API is always direct.
  Dispatch dispatch = Dispatch::direct;
  /// Time for a sandbox to ask for its first event.
  Seconds init_limit{10};
  /// A sandbox without work ends after this.
  Seconds idle_limit{600};
  /// False: no cgroups are made even where that is possible, so neither CPU nor memory is limited.
  bool limit_cpu = true;
  /// Whether sandboxes are frozen while they have no event, as Lambda's are. False: threads that a
  /// handler leaves behind go on.
  bool freeze_idle = true;
};

/// Gives the memory sizes of a function, ascending.
std::vector<MemoryMb> memory_sizes_of(const LocalPlatformOptions& options,
                                      const LocalFunction& function);

/// Gives the environment of a function's sandboxes as Lambda sets it ("NAME=value"), in ascending
/// order of names: PATH, HOME, LANG and what AWS clients read are this process's own; dummy
/// credentials stand in for missing ones; `runtime_api` is "127.0.0.1:PORT".
/// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html)
std::vector<std::string> sandbox_environment(const LocalPlatformOptions& options,
                                             const std::string& name, MemoryMb memory,
                                             const std::string& runtime_api);

/// "arn:aws:lambda:REGION:ACCOUNT:function:NAME", with ":QUALIFIER" where one is given.
std::string function_arn(const LocalPlatformOptions& options, std::string_view name,
                         std::string_view qualifier);

/// Gives the number of the published version that an alias of a memory size stands for: 1 for the
/// smallest.
std::string version_of(const LocalPlatformOptions& options, const LocalFunction& function,
                       MemoryMb memory);

}  // namespace stepconf::platform
