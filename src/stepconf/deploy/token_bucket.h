#pragma once

#include "stepconf/base/units.h"

namespace stepconf::deploy {

/// Keeps a rate: a bucket of tokens that fills steadily, of which each call takes one. Within any
/// time t no more than `capacity + per_second * t` are taken. Knows no clock.
class TokenBucket {
 public:
  /// Starts full. Both numbers are more than 0, `capacity` at least 1.
  TokenBucket(double capacity, double per_second)
      : capacity_(capacity), per_second_(per_second), tokens_(capacity) {}

  /// Takes one token at the time `now`, and tells how long to wait until it is there: 0 where one
  /// is. `now` never goes back.
  Seconds take(Seconds now);
  /// Empties the bucket at the time `now`: somebody else has taken what was in it.
  void drain(Seconds now);

 private:
  void fill(Seconds now);

  double capacity_;
  double per_second_;
  // Less than 0 where tokens were promised to those who wait.
  double tokens_;
  Seconds filled_{0};
};

}  // namespace stepconf::deploy
