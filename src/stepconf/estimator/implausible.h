#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "stepconf/estimator/sample.h"

namespace stepconf::estimator {

/// Finds samples whose duration differs so much from others of the same load, or, of whole loads,
/// from other loads of as many jobs in proportion to their speed-up, that its unit must be wrong:
/// seconds in a column of milliseconds, or the reverse. Gives their indices, ascending. Nothing can
/// be told where all of a function are wrong alike.
std::vector<std::size_t> implausible_durations(std::span<const Sample> samples);

}  // namespace stepconf::estimator
