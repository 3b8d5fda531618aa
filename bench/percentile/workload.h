#pragma once

#include <cstdint>
#include <vector>

#include "stepconf/percentile/problem.h"

// The random workflows of the trial of the percentile policy, their noise and their luck.
namespace stepconf::percentile {

/// How workflows are drawn.
struct Drawn {
  /// How much more work steps have: cold starts and delays then weigh less.
  double longer = 1;
  /// The most instances of a step: 32 (1, 2, 4, ...) or 8 (1, 2, 3, 4, 6, 8).
  int most_instances = 32;
  /// All steps one after another, nothing side by side.
  bool chain = false;
};

/// How single instances scatter around their mean.
struct Noise {
  double cv = 0, outliers = 0, cold = 0;
};

struct Config {
  double memory_gb = 0;
  int instances = 1;
  /// Seconds of an instance without luck, and what the platform adds before all of them run.
  double seconds = 0, dispatch = 0;
};

struct TrialStep {
  Noise noise;
  std::vector<Config> configs;
};

/// What a trial believes of the truth.
struct Belief {
  /// Durations and probabilities of outliers and cold starts as multiples of the true ones; and by
  /// what share the mean of each step is off, up or down at random.
  double slower = 1, tails = 1, means_off = 0;
};

/// A workflow of 16 steps with 192 configurations each.
struct Trial {
  workflow::SeriesParallelTree tree;
  std::vector<TrialStep> steps;
  /// By step: the configurations kept, and what is believed of them.
  std::vector<std::vector<Config>> kept;
  std::vector<std::vector<Alternative>> believed;
};

/// Draws workflow `id`, believed as it is.
Trial make_trial(int id, const Drawn& drawn);

/// Replaces what is believed, and with it the configurations kept.
void believe(Trial& trial, const Belief& belief, std::uint64_t seed);

/// Gives the duration of the fastest plan by believed means, seconds.
double fastest(const workflow::SeriesParallelTree& tree, const Trial& trial);

/// What a step, a part of a run or a run took and cost.
struct Came {
  double seconds = 0, usd = 0;
};

/// The luck of every instance of every step in every run: factor and cold start. The same for
/// whatever configuration is chosen, and for everyone who plays.
class Draws {
 public:
  Draws(const Trial& trial, int runs, std::uint64_t seed);

  int runs() const { return runs_; }
  Came of(int step, int run, const Config& config) const;

 private:
  int runs_;
  std::vector<float> factor_, cold_;
};

}  // namespace stepconf::percentile
