#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "stepconf/base/units.h"
#include "stepconf/estimator/scatter.h"
#include "stepconf/optimizer/frontier.h"
#include "stepconf/optimizer/global_cache.h"
#include "stepconf/optimizer/strategy.h"

namespace stepconf::optimizer {

/// What a policy is made from. All references must outlive it.
struct StrategyInputs {
  /// The workflow and its options; may be shared by many policies and executions, one after
  /// another.
  Frontiers& frontiers;
  /// The end-to-end time allowed, more than 0.
  Seconds slo{0};
  /// Share of the SLO that is not planned for, at least 0 and less than 1.
  double headroom = 0;
  /// Share of executions that are to meet the SLO, more than 0 and less than 1.
  double target = 0.95;
  /// How durations scatter; needed by strategies that plan for a share of executions, null where
  /// nobody knows.
  const estimator::ScatterSource* scatter = nullptr;
  /// The price of a miss that runs so far have led to (percentile/price.h), instead of the one at
  /// which `target` is predicted to be attained.
  std::optional<double> log_price{};
  /// What Policy::prepared of the same strategy gave, in this process or another; used where it
  /// fits, so that less has to be computed anew. Need not outlive the making of the policy.
  std::string_view prepared{};
  /// Asked now and then by searches on workflows that are not series-parallel; true ends them with
  /// the best plan known.
  std::function<bool()> out_of_time = [] { return false; };
};

/// What is known of the cost of all plans that meet the SLO.
struct Certificate {
  /// None costs less than this.
  Usd lower_bound;
  /// Whether the policy's plan is the cheapest, up to rounding.
  bool proved = false;
};

/// A strategy made ready for a workflow and an SLO: whatever does not depend on an execution was
/// computed when it was made. Serves any number of executions, one after another or interleaved, in
/// one thread.
class Policy {
 public:
  virtual ~Policy() = default;
  /// Begins an execution, whose decisions share `cache`; policy and cache must outlive what comes
  /// back.
  virtual std::unique_ptr<Strategy> begin(GlobalCache& cache) = 0;
  /// Tells how good the plan is if every duration comes out as predicted; absent where the strategy
  /// does not know.
  virtual std::optional<Certificate> certificate() { return std::nullopt; }
  /// Gives what took long to compute and does not depend on an execution, for
  /// StrategyInputs::prepared; empty where nothing did.
  virtual std::string prepared() const { return {}; }
  /// Tells whether a Strategy keeps, beside what is in the cache, what the execution's earlier
  /// decisions told it. A process that did not make them asks those questions again first.
  virtual bool remembers() const { return false; }
};

/// When a strategy decides.
enum class Decides {
  /// Before the execution starts: deciding takes no time of its own.
  beforehand,
  /// Before each step.
  at_each_step,
};

/// A strategy by its name on the command line.
struct StrategyEntry {
  std::string_view name;
  /// One line for the help and the docs.
  std::string_view description;
  Decides decides;
  std::unique_ptr<Policy> (*prepare)(const StrategyInputs& inputs);
};

/// Lists all strategies, the default first.
std::span<const StrategyEntry> strategies();

/// Finds the strategy called `name`. Throws InvalidInput for an unknown name, with the nearest and
/// all known ones.
const StrategyEntry& find_strategy(std::string_view name);

/// Makes the strategy called `name` ready. Throws InvalidInput for an unknown name, for an SLO,
/// headroom or target out of range, and where a step has no options or the strategy needs to know a
/// scatter that nobody knows.
std::unique_ptr<Policy> prepare(std::string_view name, const StrategyInputs& inputs);

}  // namespace stepconf::optimizer
