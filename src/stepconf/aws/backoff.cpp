#include "stepconf/aws/backoff.h"

#include <algorithm>

namespace stepconf::aws {

std::optional<Seconds> Backoff::next(Seconds elapsed, Seconds at_least) {
  if (begun_ >= policy_.attempts) return std::nullopt;
  ++begun_;
  const Seconds bound = std::min(bound_, policy_.longest_wait);
  bound_ *= 2;
  // Added, not the larger of both: clients that are told the same time must not return together.
  const Seconds wait = at_least + bound * std::uniform_real_distribution<double>(0, 1)(random_);
  if (elapsed + wait > policy_.total) return std::nullopt;
  return wait;
}

}  // namespace stepconf::aws
