#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "stepconf/optimizer/strategy.h"
#include "stepconf/simulation/player.h"

namespace stepconf::simulation {

/// Knows beforehand which ways an execution goes, and what every configuration would take and cost
/// in it: the cheapest plan
/// that meets the SLO, the fastest where none does. The bound for strategies that meet the SLO in
/// the same execution. Warm sandboxes and the limit on concurrency, which depend on what other
/// steps choose, it does not foresee. Not to be shared between threads.
class Clairvoyant {
 public:
  /// `truth` must outlive it.
  Clairvoyant(const Truth& truth, Seconds slo);

  /// Plans execution number `execution`, for the player with the same seed. Draws every option of
  /// every step, then solves (solver::make_solver).
  std::unique_ptr<optimizer::Strategy> begin(std::uint64_t seed, std::uint64_t execution);

 private:
  const Truth& truth_;
  Seconds slo_;
  // By step and option.
  std::vector<std::vector<estimator::Option>> options_;
  std::vector<std::vector<estimator::StepLaw>> laws_;
  std::vector<estimator::InstanceRun> runs_;
};

}  // namespace stepconf::simulation
