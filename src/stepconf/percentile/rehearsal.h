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

  /// What delays a run: one step starts by `share` of the SLO later.
  struct Delay {
    workflow::StepId step = -1;
    double share = 0;
  };
  /// Where a run came by: an element about to start (the number of elements: the chain's end), and
  /// the time left to the chain's target, seconds.
  struct Passed {
    int chain = 0, element = 0;
    double x = 0;
    /// Whether the delay came before.
    bool delayed = false;
  };
  /// Plays run `run` of `runs()`; appends where it came by, and tells whether it met the SLO.
  bool watch(const Tables& tables, int run, const Delay& delay, std::vector<Passed>& passed) const;

  int runs() const { return runs_; }
  double slo() const { return problem_.slo; }

 private:
  struct Run {
    int index = 0;
    double usd = 0;
    Delay delay{};
    bool delayed = false;
    std::vector<Passed>* passed = nullptr;
  };
  bool in_time(const Tables& tables, Run& run) const;
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
