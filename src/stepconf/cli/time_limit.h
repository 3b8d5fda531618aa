#pragma once

#include <chrono>
#include <functional>

#include "stepconf/base/units.h"

namespace stepconf::cli {

/// How long the exact solvers may search on a workflow that is not series-parallel, before they
/// settle for the best plan known.
inline constexpr Seconds kSolverTime{10};

/// Makes what solvers ask whether to give up: true once `limit` of wall time has gone by from now.
inline std::function<bool()> out_of_time_after(Seconds limit) {
  const auto begun = std::chrono::steady_clock::now();
  return [=] { return Seconds(std::chrono::steady_clock::now() - begun) >= limit; };
}

}  // namespace stepconf::cli
