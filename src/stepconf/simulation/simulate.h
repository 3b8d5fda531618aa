#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "stepconf/estimator/intervals.h"
#include "stepconf/optimizer/decision_charge.h"
#include "stepconf/optimizer/strategies.h"
#include "stepconf/simulation/player.h"

namespace stepconf::simulation {

/// What a simulation is made from. All references must outlive the call.
struct Setting {
  const Truth& truth;
  /// What strategies believe: frontiers and scatter. For those that pay for deciding, the charged
  /// ones.
  const optimizer::StrategyInputs& believed;
  const optimizer::StrategyInputs& believed_charged;
  /// What a decision before a step costs; absent: nothing.
  std::optional<optimizer::DecisionCharge> charge{};
  int runs = 1000;
  std::uint64_t seed = 1;
  /// Called after every run with how many of the strategy's are done; false ends the simulation.
  std::function<bool(int done)> go_on = [](int) { return true; };
};

/// The mean and some percentiles of what executions came to; percentile p is interpolated linearly
/// between the two values next to place p (runs - 1) in ascending order.
struct Distribution {
  double mean = 0, p5 = 0, p50 = 0, p95 = 0, p99 = 0;

  bool operator==(const Distribution&) const = default;
};

/// Sums up `values`, at least one.
Distribution distribution_of(std::vector<double> values);

/// How a strategy did.
struct Result {
  std::string strategy;
  int runs = 0;
  /// Runs that ended within the SLO, kRounding forgiven; as a share, with the 95 % interval after
  /// Wilson.
  int met = 0;
  double attainment = 0;
  estimator::Interval interval;
  Distribution cost_usd, duration_s;
};

/// Strategies that exist in simulations alone.
inline constexpr std::string_view kClairvoyant = "clairvoyant";
inline constexpr std::string_view kFastest = "fastest";

/// Lists the names that simulate knows: all strategies, then fastest and clairvoyant.
std::vector<std::string_view> known_strategies();

/// Plays `setting.runs` executions under the strategy called `name`, each with a global cache of
/// its own. Run r of every strategy meets the same luck. The same setting, the same result. Absent
/// where `go_on` ended it. Throws InvalidInput for an unknown name, and as optimizer::prepare.
std::optional<Result> simulate(std::string_view name, const Setting& setting);

}  // namespace stepconf::simulation
