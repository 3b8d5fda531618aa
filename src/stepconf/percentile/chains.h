#pragma once

#include <vector>

#include "stepconf/percentile/problem.h"

namespace stepconf::percentile {

/// A part of a chain: a step, chains side by side, or chains one of which is taken.
struct Element {
  workflow::SeriesParallelTree::Kind kind = workflow::SeriesParallelTree::Kind::kStep;
  /// Of a step, else -1.
  workflow::StepId step = -1;
  /// Of kParallel and kChoice: indices into Chains::chains.
  std::vector<int> chains{};
  /// Of kChoice: by chain; what is missing to 1 goes straight on.
  std::vector<double> probabilities{};
};

/// Elements one after another.
struct Chain {
  std::vector<Element> elements{};
  /// Where it hangs; -1 of the whole workflow.
  int parent = -1, parent_element = -1;
  /// Whether the parent's element is kChoice: it then keeps the parent's target and class.
  bool is_way = false;
  /// All steps below, in the order of the tree.
  std::vector<workflow::StepId> steps{};
  /// Mean duration with every step at its fastest.
  double fastest_seconds = 0;
  /// The longest that it takes with every step at its cheapest, and what it costs then.
  double cheapest_seconds = 0, cheapest_usd = 0;
};

/// A workflow as chains within chains. Chain 0 is the whole; a chain's index is larger than its
/// parent's.
struct Chains {
  struct Place {
    int chain = -1, element = -1;
  };
  std::vector<Chain> chains{};
  /// By step; -1 where the tree does not hold it.
  std::vector<Place> places{};
};

/// Lays out `problem`. O(steps * alternatives).
Chains lay_out(const Problem& problem);

}  // namespace stepconf::percentile
