#pragma once

#include <vector>

#include "stepconf/workflow/series_parallel.h"

namespace stepconf::solver {

/// A series-parallel tree with two parts to each inner node, balanced where there were more:
/// children stand before their parents, the root is last.
struct BinaryTree {
  struct Node {
    /// -1 in inner nodes.
    workflow::StepId step = -1;
    /// Of inner nodes: whether the second part follows the first, or both run side by side.
    bool series = false;
    /// Indices of the parts.
    int first = -1, second = -1;

    bool is_leaf() const { return step >= 0; }
  };

  std::vector<Node> nodes;

  int size() const { return static_cast<int>(nodes.size()); }
};

/// Splits every series and parallel into halves, again and again. O(V).
BinaryTree binary_tree(const workflow::SeriesParallelTree& tree);

}  // namespace stepconf::solver
