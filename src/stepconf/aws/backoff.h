#pragma once

#include <optional>
#include <random>

#include "stepconf/base/units.h"

namespace stepconf::aws {

/// How long a call is tried again.
struct RetryPolicy {
  int attempts = 6;
  /// The longest wait before the second attempt; it doubles with each one.
  Seconds first_wait{0.1};
  Seconds longest_wait{5};
  /// No attempt begins later than this after the first one.
  Seconds total{60};
};

/// Decides whether and when a call is tried again: after a wait drawn between nothing and a bound
/// that doubles, so that clients that failed together do not return together
/// (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter).
class Backoff {
 public:
  Backoff(const RetryPolicy& policy, std::minstd_rand& random)
      : policy_(policy), random_(random), bound_(policy.first_wait) {}

  /// Gives the wait before the next attempt, `elapsed` after the first one began; absent where
  /// there is to be none. The server may ask for `at_least`.
  std::optional<Seconds> next(Seconds elapsed, Seconds at_least = Seconds{0});

 private:
  const RetryPolicy& policy_;
  std::minstd_rand& random_;
  Seconds bound_;
  int begun_ = 1;
};

}  // namespace stepconf::aws
