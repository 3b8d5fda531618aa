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
/// option, one start time a step, gap 0. CBC 2.10.8 ends some problems with a failed assertion of
/// its own: it is then asked again without its preprocessing. Absent where it fails once more.
std::optional<CbcAnswer> solve_with_cbc(const solver::Problem& problem, double limit);

}  // namespace stepconf::tests
