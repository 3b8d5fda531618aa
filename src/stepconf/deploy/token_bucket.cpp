#include "stepconf/deploy/token_bucket.h"

#include <algorithm>

namespace stepconf::deploy {

Seconds TokenBucket::take(Seconds now) {
  fill(now);
  tokens_ -= 1;
  return tokens_ >= 0 ? Seconds(0) : Seconds(-tokens_ / per_second_);
}

void TokenBucket::drain(Seconds now) {
  fill(now);
  tokens_ = std::min(tokens_, 0.0);
}

void TokenBucket::fill(Seconds now) {
  tokens_ = std::min(capacity_, tokens_ + (now - filled_).count() * per_second_);
  filled_ = now;
}

}  // namespace stepconf::deploy
