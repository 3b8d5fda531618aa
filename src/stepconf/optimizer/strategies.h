#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "stepconf/base/units.h"
#include "stepconf/optimizer/frontier.h"
#include "stepconf/optimizer/global_cache.h"
#include "stepconf/optimizer/strategy.h"

namespace stepconf::optimizer {

/// What a strategy is made from. All references must outlive it.
struct StrategyInputs {
  /// The workflow and its options; may be shared by many executions, one after another.
  Frontiers& frontiers;
  /// The end-to-end time allowed, more than 0.
  Seconds slo{0};
  /// Share of the SLO that is not planned for, at least 0 and less than 1.
  double headroom = 0;
  /// The cache of this execution.
  GlobalCache& cache;
};

/// A strategy by its name on the command line.
struct StrategyEntry {
  std::string_view name;
  /// One line for the help and the docs.
  std::string_view description;
  std::unique_ptr<Strategy> (*make)(const StrategyInputs& inputs);
};

/// Lists all strategies, the default first.
std::span<const StrategyEntry> strategies();

/// Finds the strategy called `name`. Throws InvalidInput for an unknown name, with the nearest and
/// all known ones.
const StrategyEntry& find_strategy(std::string_view name);

/// Makes the strategy called `name`. Throws InvalidInput for an unknown name, for an SLO or
/// headroom out of range, and where a step has no options.
std::unique_ptr<Strategy> make_strategy(std::string_view name, const StrategyInputs& inputs);

}  // namespace stepconf::optimizer
