#pragma once

#include <cstdint>
#include <vector>

#include "stepconf/workflow/workflow.h"

namespace stepconf::simulation {

/// Draws which way execution number `execution` goes at each choice, and gives the steps that it
/// comes to, by StepId. The same seed and number go the same ways, whatever the strategy. A step
/// behind several ways of one choice, but not all, comes with the chance that its probability
/// leaves, drawn for itself.
std::vector<bool> steps_reached(const workflow::Workflow& workflow, std::uint64_t seed,
                                std::uint64_t execution);

}  // namespace stepconf::simulation
