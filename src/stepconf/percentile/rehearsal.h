#pragma once

#include <cstdint>
#include <vector>

#include "stepconf/percentile/tables.h"

namespace stepconf::percentile {

/// What a policy comes to over many runs.
struct Outcome {
  /// Share of runs that ended within the SLO.
  double attainment = 0;
  /// Mean cost of a run, USD.
  double usd = 0;
};

/// Plays a policy on the problem's own durations, always with the same luck (common random
/// numbers): every part of every step's distribution comes up as often as it is likely, in an order
/// that is drawn from `seed`. Problem and chains must outlive it.
class Rehearsal {
 public:
  Rehearsal(const Problem& problem, const Chains& chains, int runs, std::uint64_t seed);

  /// O(runs * steps).
  Outcome play(const Tables& tables) const;

 private:
  struct Run {
    int index = 0;
    double usd = 0;
  };
  double end_of(int chain, const Due& due, double now, const Tables& tables, Run& run) const;

  const Problem& problem_;
  const Chains& chains_;
  int runs_;
  /// By step and run: which part of the distribution comes up.
  std::vector<std::vector<std::uint8_t>> luck_;
  /// By chain, element and run: where in [0, 1) a choice falls. Empty for other elements.
  std::vector<std::vector<std::vector<float>>> ways_;
};

}  // namespace stepconf::percentile
