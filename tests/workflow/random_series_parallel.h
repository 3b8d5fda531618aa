#pragma once

#include <algorithm>
#include <random>
#include <vector>

#include "stepconf/workflow/graph.h"

namespace stepconf::tests {

/// Adds the edges of a random series-parallel order over the steps first .. first + size - 1 to
/// `graph`: two to four parts, one after another or side by side, and so on within each.
inline void add_series_parallel(workflow::Graph& graph, int first, int size, bool series,
                                std::mt19937& random) {
  if (size == 1) return;
  const int count = std::min(size, std::uniform_int_distribution(2, 4)(random));
  std::vector<int> sizes(count, 1);
  for (int i = 0; i < size - count; ++i)
    ++sizes[std::uniform_int_distribution(0, count - 1)(random)];
  std::vector<int> before;
  int begin = first;
  for (const int part : sizes) {
    add_series_parallel(graph, begin, part, !series, random);
    std::vector<int> entries, exits;
    for (int step = begin; step < begin + part; ++step) {
      if (graph.predecessors[step].empty()) entries.push_back(step);
      if (graph.successors[step].empty()) exits.push_back(step);
    }
    if (series) {
      for (const int from : before)
        for (const int to : entries) graph.add_edge(from, to);
      before = exits;
    }
    begin += part;
  }
}

/// A random series-parallel workflow that begins with one part after another.
inline workflow::Graph random_series_parallel(int size, std::mt19937& random) {
  workflow::Graph graph(size);
  add_series_parallel(graph, 0, size, true, random);
  return graph;
}

}  // namespace stepconf::tests
