#pragma once

#include <algorithm>
#include <random>
#include <vector>

#include "stepconf/workflow/series_parallel.h"

namespace stepconf::percentile {

/// Draws a tree of `steps` steps, numbered on from `next`: series of parallel parts of series and
/// so on, two to four parts each.
inline workflow::SeriesParallelTree random_tree(std::mt19937_64& random, int steps, int& next,
                                                bool series) {
  using Kind = workflow::SeriesParallelTree::Kind;
  if (steps == 1) return {.kind = Kind::kStep, .step = next++, .parts = {}};
  workflow::SeriesParallelTree tree{.kind = series ? Kind::kSeries : Kind::kParallel, .parts = {}};
  const int parts = std::min<int>(steps, 2 + static_cast<int>(random() % 3));
  std::vector<int> sizes(parts, 1);
  for (int left = steps - parts; left > 0; --left) ++sizes[random() % parts];
  for (const int size : sizes) tree.parts.push_back(random_tree(random, size, next, !series));
  return tree;
}

}  // namespace stepconf::percentile
