#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <vector>

#include "stepconf/solver/local_search.h"
#include "stepconf/solver/problem.h"
#include "stepconf/solver/relaxation.h"

namespace stepconf::solver {

/// Two moments closer than this, in seconds, are one (problem.h forgives it).
inline constexpr double kMoment = 1e-9;

/// What a search is asked.
struct Search {
  /// Time allowed, seconds; nothing is forgiven.
  double limit = 0;
  /// Assignments dearer than this are of no interest.
  double at_most = std::numeric_limits<double>::infinity();
  /// Whether the first assignment that costs at most `at_most` ends the search.
  bool first_found = false;
  /// Ends the search after so many nodes of the tree.
  std::int64_t most_nodes = std::numeric_limits<std::int64_t>::max();
  /// Ends the search where true.
  std::function<bool()> out_of_time = [] { return false; };
};

/// What it found.
struct Found {
  /// By step; empty where nothing was found.
  std::vector<int> options{};
  Point total;
  /// No assignment within the limit costs less; infinite where it is proved that none within
  /// `at_most` is there.
  double lower_bound = 0;
  /// Whether the search was not ended early.
  bool complete = false;
  std::int64_t nodes = 0;
};

/// Finds the cheapest assignment within a limit in time by branch and bound, best bound first, each
/// node followed down to a leaf; of equally cheap ones (a relative 1e-10) the shortest, unless that
/// takes more than some thousand nodes more. Bounds come from Relaxation, first assignments from
/// its windows, rounded and improved by LocalSearch. A node allows each step a range of options;
/// branching cuts one range in two where the window falls between two options.
Found branch_and_bound(const Problem& problem, const Search& search);

}  // namespace stepconf::solver
