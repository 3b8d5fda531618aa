#include "stepconf/platform/local/dispatch_delay.h"

#include <algorithm>

namespace stepconf::platform {

namespace {

// The sizes of Maps from which the two curves were fitted.
constexpr int kSmallMap = 16, kLargeMap = 50;

// A Map of up to 16 iterations: they leave one after the other, those after the eighth in a second
// round.
double small_map_delay(int position) {
  return 0.145 + 0.0025 * position + (position > 8 ? 0.075 : 0);
}

// A Map of 50: slower from the first iteration on, and ever slower after a knee.
double large_map_delay(int position) {
  constexpr int kKnee = 14;
  if (position <= kKnee) return 0.272 + 0.0115 * (position - 1);
  const double beyond = position - kKnee;
  return 0.467 + 0.1004 * beyond + 0.00292 * beyond * beyond;
}

}  // namespace

Seconds map_delay(int position, int together) {
  const double large_share =
      std::clamp(static_cast<double>(together - kSmallMap) / (kLargeMap - kSmallMap), 0.0, 1.0);
  return Seconds((1 - large_share) * small_map_delay(position) +
                 large_share * large_map_delay(position));
}

Seconds task_delay(std::size_t event_bytes) {
  return Seconds(0.160 + 0.001 * static_cast<double>(event_bytes) / 1024);
}

Seconds delay_of(const Invocation& invocation, Dispatch dispatch) {
  if (dispatch == Dispatch::direct) return Seconds(0);
  if (invocation.position == 0) return task_delay(invocation.payload.size());
  return map_delay(invocation.position, invocation.together);
}

}  // namespace stepconf::platform
