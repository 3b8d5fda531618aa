#pragma once

#include <chrono>
#include <functional>

namespace stepconf::cli {

/// How long the exact solvers may search on a workflow that is not series-parallel, before they
/// settle for the best plan known.
inline constexpr std::chrono::seconds kSolverTime{10};

/// Makes what solvers ask whether to give up: true once `limit` of wall time has gone by from now.
inline std::function<bool()> out_of_time_after(std::chrono::steady_clock::duration limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  return [end] { return std::chrono::steady_clock::now() > end; };
}

}  // namespace stepconf::cli
