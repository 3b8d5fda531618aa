#include "stepconf/percentile/precedence.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace stepconf::percentile {
namespace {

using workflow::Graph;
using workflow::StepId;
using Tree = workflow::SeriesParallelTree;

class Cutter {
 public:
  Cutter(const Graph& graph, std::span<const double> seconds)
      : graph_(graph), seconds_(seconds), inside_(graph.size()), start_(graph.size()) {}

  // `steps` in topological order, not empty.
  Tree tree(std::vector<StepId> steps) {
    if (steps.size() == 1) return {.kind = Tree::Kind::kStep, .step = steps[0], .parts = {}};
    const auto components = workflow::weakly_connected_components(graph_, steps);
    if (components.size() > 1) {
      Tree parallel{.kind = Tree::Kind::kParallel, .parts = {}};
      for (const std::vector<StepId>& component : components) {
        std::vector<StepId> ordered;
        for (const StepId step : steps) {
          if (std::ranges::binary_search(component, step)) ordered.push_back(step);
        }
        parallel.parts.push_back(tree(std::move(ordered)));
      }
      return parallel;
    }
    longest(steps);
    std::ranges::stable_sort(steps, {}, [&](StepId step) { return start_[step]; });
    std::size_t best = 1;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t cut = 1; cut < steps.size(); ++cut) {
      const double length =
          longest(std::span(steps).first(cut)) + longest(std::span(steps).subspan(cut));
      if (length < least - 1e-12) {
        least = length;
        best = cut;
      }
    }
    Tree series{.kind = Tree::Kind::kSeries, .parts = {}};
    const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(best);
    for (Tree part : {tree({steps.begin(), middle}), tree({middle, steps.end()})}) {
      if (part.kind == Tree::Kind::kSeries) {
        std::ranges::move(part.parts, std::back_inserter(series.parts));
      } else {
        series.parts.push_back(std::move(part));
      }
    }
    return series;
  }

 private:
  // The longest path among `steps`, in topological order; leaves each one's earliest start.
  double longest(std::span<const StepId> steps) {
    for (const StepId step : steps) inside_[step] = 1;
    double end = 0;
    for (const StepId step : steps) {
      start_[step] = 0;
      for (const StepId before : graph_.predecessors[step]) {
        if (inside_[before]) {
          start_[step] = std::max(start_[step], start_[before] + seconds_[before]);
        }
      }
      end = std::max(end, start_[step] + seconds_[step]);
    }
    for (const StepId step : steps) inside_[step] = 0;
    return end;
  }

  const Graph& graph_;
  std::span<const double> seconds_;
  std::vector<char> inside_;
  std::vector<double> start_;
};

}  // namespace

Tree made_series_parallel(const Graph& graph, std::span<const double> seconds) {
  if (auto tree = workflow::series_parallel_tree(graph)) return *std::move(tree);
  return Cutter(graph, seconds).tree(workflow::topological_order(graph));
}

}  // namespace stepconf::percentile
