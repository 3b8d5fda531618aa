#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "stepconf/base/json.h"
#include "stepconf/platform/local/local_platform.h"

namespace stepconf::local_bench {

using Clock = std::chrono::steady_clock;

struct Settings {
  /// stepconf-wrapper; empty: sandboxes run the function itself.
  std::string wrapper;
  int calls = 4000;
  /// CPU seconds that two threads, or copies, need together.
  double spin = 0.8;
  double scale = 0.3;
  /// How many sandboxes are idle, and at work, where there are many.
  int idle = 500, at_work = 64;
};

/// Durations in microseconds.
class Latencies {
 public:
  void add(Seconds duration) { microseconds_.push_back(duration.count() * 1e6); }
  void measure(const std::function<void()>& task) {
    const auto start = Clock::now();
    task();
    add(Clock::now() - start);
  }
  double percentile(double share) {
    std::ranges::sort(microseconds_);
    return microseconds_[static_cast<std::size_t>(share *
                                                  static_cast<double>(microseconds_.size() - 1))];
  }

 private:
  std::vector<double> microseconds_;
};

/// Describes a platform whose functions, by name, are this program.
platform::LocalPlatformOptions options_of(const Settings& settings,
                                          const std::vector<std::string>& functions);

/// Starts a call.
void start(platform::LocalPlatform& local, const std::string& function, int memory,
           const Json& event, platform::InvocationId id = 0);
/// Waits for the next call that ends. Throws Error where it failed.
platform::Completion next(platform::LocalPlatform& local);
/// Both.
platform::Completion call(platform::LocalPlatform& local, int memory, const Json& event,
                          const std::string& function = "f");

/// A warm Invoke against a bare HTTP round trip.
void bench_calls(const Settings& settings, platform::Spawner& spawner);
/// CPU by memory and by length of the work; one thread and several.
void bench_cpu(const Settings& settings, platform::Spawner& spawner);
/// What sandboxes cost, alone and among many.
void bench_many(const Settings& settings, platform::Spawner& spawner);

}  // namespace stepconf::local_bench
