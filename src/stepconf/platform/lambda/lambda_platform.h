#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "stepconf/platform/platform.h"
#include "stepconf/services/caller.h"

namespace stepconf::platform {

/// A function on Lambda, with what is called for each memory size.
struct LambdaTarget {
  /// Name or ARN, without qualifier.
  std::string name{};
  /// What an invocation may take.
  Seconds timeout{900};
  /// Alias or version by memory size.
  std::map<MemoryMb, std::string> qualifiers{};
};

/// What a failure in which the function has no part (throttled, refused, not answered) comes to.
enum class ServiceFailures {
  /// A completion like any other, for Retry and Catch to see, as on Step Functions. A call is made
  /// once.
  are_completions,
  /// Where trying again does not help, wait_next throws: for measuring, where it would be taken for
  /// the function's.
  end_the_work,
};

struct LambdaOptions {
  /// By the name that invocations have.
  std::map<std::string, LambdaTarget> functions{};
  services::Session session{};
  /// Invocations on their way at the same time, each with a thread and a connection of its own;
  /// others wait, which counts as mapping delay.
  int most_at_once = 256;
  ServiceFailures service_failures = ServiceFailures::are_completions;
};

struct LambdaStatistics {
  int invocations = 0;
  /// Answered without a report in the log: nobody knows how long the function itself worked.
  int without_report = 0;
  int throttled = 0;
  /// The most that were on their way at the same time, and how many had to wait for a thread.
  int most_at_once = 0;
  int waited = 0;
};

/// Runs functions on AWS Lambda, invoked synchronously from this machine. An answer is waited for
/// as long as the function may take, and 10 s more. Functions and sizes that it was not told of
/// come back as ResourceNotFoundException. Of one thread, but for interrupt.
class LambdaPlatform final : public Platform {
 public:
  /// Throws InvalidInput where region or endpoint are missing or wrong.
  explicit LambdaPlatform(LambdaOptions options);
  /// Does not wait for invocations on their way: they end, and are billed, without anybody.
  ~LambdaPlatform() override;
  LambdaPlatform(const LambdaPlatform&) = delete;
  LambdaPlatform& operator=(const LambdaPlatform&) = delete;

  Seconds now() const override;
  void start(const Invocation& invocation) override;
  /// Throws Error as ServiceFailures says.
  std::optional<Completion> wait_next(Seconds until) override;

  /// Ends the present wait_next, or the next one, without a completion.
  void interrupt();
  /// Tells how many invocations are on their way.
  int at_work() const;
  LambdaStatistics statistics() const;

 private:
  class Pool;
  LambdaOptions options_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  // Shared with threads that still wait for an answer when the platform goes.
  std::shared_ptr<Pool> pool_;
};

}  // namespace stepconf::platform
