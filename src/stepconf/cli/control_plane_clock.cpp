#include "stepconf/cli/control_plane_clock.h"

#include <algorithm>
#include <thread>

namespace stepconf::cli {
namespace {

// How soon an interruption is noticed.
constexpr Seconds kGlance{0.1};

}  // namespace

Seconds ControlPlaneClock::now() const {
  if (interruption_.requested()) throw Interrupted("interrupted");
  return std::chrono::steady_clock::now().time_since_epoch();
}

void ControlPlaneClock::pause(Seconds duration) {
  const Seconds until = now() + duration;
  for (Seconds left = duration; left > Seconds(0); left = until - now()) {
    std::this_thread::sleep_for(std::min(left, kGlance));
  }
}

}  // namespace stepconf::cli
