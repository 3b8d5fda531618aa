#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stepconf/solver/problem.h"

namespace stepconf::tests {

/// Whether the program `cbc` (Debian package coinor-cbc) is there.
bool has_cbc();

/// What COIN-OR CBC says.
struct CbcAnswer {
  /// Seconds that its process took.
  double took = 0;
  /// By step; read from its solution file.
  solver::Assignment best;
  bool optimal = false;
};

/// Finds the cheapest assignment within `limit` seconds by COIN-OR CBC: one binary variable an
/// option, one start time a step, gap 0. Throws std::runtime_error where the program fails.
CbcAnswer solve_with_cbc(const solver::Problem& problem, double limit);

}  // namespace stepconf::tests
