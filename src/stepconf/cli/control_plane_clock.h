#pragma once

#include <chrono>

#include "stepconf/base/error.h"
#include "stepconf/cli/interruption.h"
#include "stepconf/deploy/clock.h"

namespace stepconf::cli {

/// Reports that Ctrl-C came between two calls.
class Interrupted : public Error {
  using Error::Error;
};

/// Wall time, in which nothing begins any more once the interruption has come: asking for the time
/// or pausing throws Interrupted then.
class ControlPlaneClock final : public deploy::Clock {
 public:
  /// `interruption` must outlive it.
  explicit ControlPlaneClock(const Interruption& interruption) : interruption_(interruption) {}

  Seconds now() const override;
  void pause(Seconds duration) override;

 private:
  const Interruption& interruption_;
};

}  // namespace stepconf::cli
