#pragma once

#include <cstdint>

#include "examples/workers.h"
#include "stepconf/base/json.h"

namespace primes {

/// Finds the smallest divisor above 1 of `number` by trial division; it is `number` itself where
/// that is prime, and 1 where `number` is below 2. O(sqrt(number)).
std::uint64_t smallest_divisor(std::uint64_t number);

/// Tells which numbers are prime, one after another. Event: {"numbers": [N, ...]}; result:
/// {"primes": [N, ...]}, in the event's order. Throws runtime::HandlerError of type InvalidEvent.
stepconf::Json check(const stepconf::Json& event);

/// Does the same, a share of the numbers with all workers at once and the others one after another:
/// the event's member "ratio", 0 to 1, is the paper's multi-core ratio; 1 where absent.
stepconf::Json check_multicore(const stepconf::Json& event, examples::Workers& workers);

}  // namespace primes
