#pragma once

#include <span>

#include "stepconf/base/units.h"
#include "stepconf/pricing/price_sheet.h"

namespace stepconf::pricing {

/// Instances of one step that are billed alike.
struct InstanceUse {
  int instances = 1;
  /// Time in the function and, of a cold one, in INIT; without mapping delay.
  Seconds duration{0};
  Seconds init{0};
};

/// Counts the state transitions of a step under `orchestrator`: standard, a Map: one and one an
/// instance; standard, a Task: one; else none.
int transitions(Orchestrator orchestrator, bool is_map, int instances);

/// Bills the time of one instance: duration and INIT, rounded up to 1 ms together, and the request.
Usd instance_cost(const PriceSheet& prices, MemoryMb memory, Seconds duration,
                  Seconds init = Seconds{0});

/// Bills a step as the vendor does: every instance's time and request, and the step's transitions.
Usd billed_cost(const PriceSheet& prices, MemoryMb memory, std::span<const InstanceUse> uses,
                bool is_map);

/// Bills a step as the paper does: c = p (t m mu_0 + mu_1), where t is the step's whole duration,
/// mapping delay included, for each of its `instances`, and mu_1 is a request and a transition
/// (section III-B.3).
Usd paper_cost(const PriceSheet& prices, MemoryMb memory, int instances, Seconds step_duration);

}  // namespace stepconf::pricing
