#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "stepconf/workflow/graph.h"

namespace stepconf::solver {

/// An option whose duration scatters: what it costs on average, and how long it takes in each
/// sample.
struct SampledOption {
  double usd = 0;
  std::vector<double> seconds{};
};

/// Of each step one option is to be taken before the execution, so that the longest path stays
/// within a limit in a share of all samples. Sample i of all options belongs together, so durations
/// may depend on each other in any way.
struct SampledProblem {
  workflow::Graph graph;
  /// By step, at least one each, with equally many samples everywhere, at least one.
  std::vector<std::vector<SampledOption>> options;
};

struct SampledSolution {
  /// By step: index into SampledProblem::options. Empty where nothing was found.
  std::vector<int> options{};
  double usd = 0;
  /// Samples within the limit.
  int within = 0;
  /// Whether nothing cheaper keeps the limit in as many samples; with empty `options`: nothing
  /// does.
  bool proved = false;
  /// Partial assignments that were weighed.
  std::int64_t nodes = 0;
};

/// Counts the samples in which `options` (by step) stay within `limit` seconds. O(samples * (V +
/// E)).
int samples_within(const SampledProblem& problem, const std::vector<int>& options, double limit);

/// Finds the cheapest assignment that stays within `limit` seconds in at least `share` of the
/// samples (0 < share <= 1). Exact: depth-first branch and bound that holds each step not yet
/// decided at its fastest in every single sample. Meant for workflows of up to some ten steps: the
/// bound on cost is that of the cheapest options. Starts from the best plan for mean durations with
/// headroom. Throws InvalidWorkflow where the graph has a cycle.
SampledSolution cheapest_in_share(
    const SampledProblem& problem, double limit, double share,
    const std::function<bool()>& out_of_time = [] { return false; });

}  // namespace stepconf::solver
