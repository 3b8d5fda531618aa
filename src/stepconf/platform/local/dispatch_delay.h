#pragma once

#include <cstddef>

#include "stepconf/base/units.h"
#include "stepconf/platform/platform.h"

namespace stepconf::platform {

/// Who hands a step's invocations to the functions, and so how long that takes.
enum class Dispatch {
  /// The executor calls the function at once.
  direct,
  /// As AWS Step Functions would: after the mapping delay that was measured there.
  step_functions,
};

/// Gives the mapping delay of iteration `position` (from 1) of an inline Map that starts `together`
/// iterations at once, from the end of the state before until a warm function has the event.
/// Medians of Standard workflows in us-east-1, measured 2022 to 2023 (SeBS-Flow's artifact): up to
/// 16 iterations and at 50 as measured; between them linear in `together`.
Seconds map_delay(int position, int together);

/// Gives the delay between two states of a chain, for an event of so many bytes: 160 ms and 1 ms
/// per KB. Same source.
Seconds task_delay(std::size_t event_bytes);

/// What a cold start takes longer beside the function's INIT. Same source.
inline constexpr Seconds kColdStartDelay{0.1};

/// Gives the delay of an invocation of a warm function: map_delay or task_delay, or none where it
/// is dispatched directly.
Seconds delay_of(const Invocation& invocation, Dispatch dispatch);

}  // namespace stepconf::platform
