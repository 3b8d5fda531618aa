#pragma once

#include <optional>
#include <vector>

#include "stepconf/percentile/problem.h"

namespace stepconf::percentile {

/// Part of an alternative that stands for what it usually takes: the one above the median.
inline constexpr int kUsualPart = 12;

/// Durations are kept as floats: what is later than the SLO by this share of it is in time.
inline constexpr double kForgiven = 1e-6;

/// Finds the cheapest plan that is in time where every step takes what it usually does, exactly,
/// and not on a grid (solver/tree_solver.h): by step, which alternative; -1 of a step without any.
/// Absent where no plan is in time, and where the plan's durations scatter so much that hardly an
/// execution (one in a hundred) goes as usual.
std::optional<std::vector<int>> usual_plan(const Problem& problem);

}  // namespace stepconf::percentile
