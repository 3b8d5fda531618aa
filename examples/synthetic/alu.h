#pragma once

#include <cstdint>

#include "examples/workers.h"
#include "stepconf/base/json.h"

namespace synthetic {

/// Does the repetitions `first` up to, not including, `last` of the ALU test: an addition, a
/// subtraction, a multiplication and a division each. Returns the sum of what they give, modulo
/// 2^64: the same however the repetitions are divided, and not to be had without doing them.
std::uint64_t repeat_alu(std::uint64_t first, std::uint64_t last);

/// Serves an event {"repeat": N, "ratio": 0.5, "threads": 4, "sleep_ms": 0, "output_bytes": 0,
/// "data": ...}, of which only `repeat` is needed: does N repetitions, the share `ratio` of them (1
/// where absent) side by side in `threads` threads of equal shares, in `workers` where absent, and
/// the rest one after another. Result: {"checksum": "16 hexadecimal digits"}, with "data" of
/// `output_bytes` letters where that is not 0. Throws runtime::HandlerError of type InvalidEvent.
stepconf::Json alu(const stepconf::Json& event, examples::Workers& workers);

}  // namespace synthetic
