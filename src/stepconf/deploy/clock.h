#pragma once

#include "stepconf/base/units.h"

namespace stepconf::deploy {

/// Time as the control plane's callers need it: pauses between questions, and rates.
class Clock {
 public:
  virtual ~Clock() = default;

  /// Gives the time since some fixed start; never goes back.
  virtual Seconds now() const = 0;
  /// Returns once `duration`, not negative, has passed.
  virtual void pause(Seconds duration) = 0;
};

}  // namespace stepconf::deploy
