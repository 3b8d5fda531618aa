#pragma once

#include <cmath>
#include <random>
#include <utility>
#include <vector>

#include "stepconf/percentile/problem.h"

namespace stepconf::percentile::testing {

using Tree = workflow::SeriesParallelTree;
using Kind = Tree::Kind;

inline Tree leaf(int step) { return {.kind = Kind::kStep, .step = step, .parts = {}}; }
inline Tree series(std::vector<Tree> parts) {
  return {.kind = Kind::kSeries, .parts = std::move(parts)};
}
inline Tree parallel(std::vector<Tree> parts) {
  return {.kind = Kind::kParallel, .parts = std::move(parts)};
}
inline Tree choice(std::vector<Tree> parts, std::vector<double> probabilities) {
  return {
      .kind = Kind::kChoice, .parts = std::move(parts), .probabilities = std::move(probabilities)};
}

/// Draws a tree of `steps` steps, numbered from `next` on.
inline Tree random_tree(std::mt19937_64& random, int steps, int& next, bool in_series) {
  if (steps == 1) return leaf(next++);
  const int first = 1 + static_cast<int>(random() % (steps - 1));
  std::vector<Tree> parts;
  parts.push_back(random_tree(random, first, next, !in_series));
  parts.push_back(random_tree(random, steps - first, next, !in_series));
  return in_series ? series(std::move(parts)) : parallel(std::move(parts));
}

/// Takes `usual` seconds, in `bins` worst bins `late`.
inline Alternative mostly(double usual, double late, int bins, double usd) {
  Alternative alternative = certain(usual, usd);
  for (int part = (kBins - bins) * kPartsPerBin; part < kParts; ++part) {
    alternative.parts[part] = static_cast<float>(late);
  }
  return alternative;
}

/// A step with three alternatives, faster ones dearer, whose durations scatter with a long tail.
inline std::vector<Alternative> scattering(std::mt19937_64& random) {
  std::uniform_real_distribution<double> uniform(0, 1);
  const double work = 1 + 2 * uniform(random), heavy = 0.3 + uniform(random);
  std::vector<Alternative> alternatives;
  for (const double speed : {4.0, 2.0, 1.0}) {
    Alternative alternative{.usd = 1 + 0.4 * speed * work};
    for (int part = 0; part < kParts; ++part) {
      const double u = part_probabilities()[part];
      alternative.parts[part] =
          static_cast<float>(work / speed * (0.9 + 0.1 * u - 0.1 * heavy * std::log1p(-u)));
    }
    alternatives.push_back(alternative);
  }
  return alternatives;
}

}  // namespace stepconf::percentile::testing
