#pragma once

#include "stepconf/optimizer/frontier.h"
#include "stepconf/solver/problem.h"

namespace stepconf::optimizer {

/// States problem FWCP for the jobs expected: of each step its frontier, costs weighted by the
/// share of executions that come to it (Step::probability). Foreign steps have their duration and
/// no cost, steps without jobs neither. Option i of a step is option i of its frontier. Throws
/// InvalidInput where a step has no options.
solver::Problem problem_of(Frontiers& frontiers);

/// The options of one step in such a problem.
std::vector<solver::Point> points_of(const Frontier& frontier, double weight);

}  // namespace stepconf::optimizer
