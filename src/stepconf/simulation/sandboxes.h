#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stepconf/base/units.h"
#include "stepconf/estimator/step_law.h"

namespace stepconf::simulation {

/// What the service's sandboxes do to an execution.
struct Service {
  /// How long a sandbox stays warm after its use; absent: each instance is cold by its own draw.
  std::optional<Seconds> keep_alive{};
  /// Instances that may work at once; absent: any number.
  std::optional<int> concurrency{};
  /// Mean time from the start of an execution until that of the next, which finds the sandboxes
  /// that are still warm: arrivals as of a Poisson process, but that an execution waits until the
  /// one before has ended. Absent: executions do not
  /// know of each other, and sandboxes from earlier ones are what the probability of a cold start
  /// stands for.
  std::optional<Seconds> every{};
  /// Whether strategies are told which sandboxes are warm. Needs keep_alive.
  bool told = false;
};

/// The sandboxes of an execution, or of executions one after another. An instance that is drawn
/// cold is warm nevertheless where a sandbox of its function and memory size was used before, which
/// is free and not yet expired. An instance beyond the concurrency waits until there is a place for
/// as long as it runs; steps that became ready earlier go first.
class Sandboxes {
 public:
  explicit Sandboxes(const Service& service) : service_(service) {}

  /// Starts a step's instances at `ready`: makes late and warm what has to be. Steps must be
  /// started in the order of `ready`. Each instance takes O(at work), O(at work^3) at worst where
  /// it waits.
  void start(const std::string& function, MemoryMb memory, Seconds ready,
             std::vector<estimator::InstanceRun>& runs);

  /// Counts the function's sandboxes that are free and not yet expired, by memory size.
  std::map<MemoryMb, int> idle(const std::string& function, Seconds now) const;

 private:
  struct Work {
    Seconds start{0}, end{0};
  };

  void wait_for_a_place(Seconds ready, estimator::InstanceRun& run);
  int most_at_work(Seconds from, Seconds until) const;
  bool is_warm(Seconds free_since, Seconds start) const;
  bool take_warm(std::vector<Seconds>& free, Seconds start) const;

  Service service_;
  // Those that end after the last step started.
  std::vector<Work> at_work_;
  std::map<std::pair<std::string, MemoryMb>, std::vector<Seconds>> free_since_;
};

}  // namespace stepconf::simulation
