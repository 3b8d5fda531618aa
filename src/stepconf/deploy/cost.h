#pragma once

#include <cstdint>

#include "stepconf/deploy/wanted_state.h"
#include "stepconf/pricing/price_sheet.h"

namespace stepconf::deploy {

/// What a deployment costs beside the functions' own work. Nothing of it runs, and nothing is
/// billed, while no execution does, but for logs that are kept (docs/deploy.md).
struct DeploymentCost {
  /// One request of the configurator, its duration, and the cache's requests, for each configurator
  /// state that an execution passes.
  Usd per_decision{};
  /// Transitions that the generated machine has and the user's has not.
  Usd per_execution_transitions{};
  /// Of versions and layers, against the account's 75 GB.
  std::uint64_t code_bytes = 0;
  int versions = 0;
};

/// `added_transitions` is how many more transitions an execution has than the user's machine, its
/// instances aside. The configurator is billed for
/// `configurator_time`, rounded up to 1 ms, at its memory.
DeploymentCost deployment_cost(const WantedState& wanted, double added_transitions,
                               Seconds configurator_time, const pricing::PriceSheet& prices);

}  // namespace stepconf::deploy
