#include "stepconf/solver/contraction.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

namespace stepconf::solver {
namespace {

using workflow::Graph;
using workflow::StepId;

constexpr int kMostMerged = 2000;
constexpr int kMostSums = 1 << 17;

// The edges that follow from no others.
Graph transitive_reduction(const Graph& graph) {
  const int size = graph.size();
  const std::vector<StepId> order = workflow::topological_order(graph);
  const std::size_t words = (size + 63) / 64;
  // By step: all steps that must wait for it.
  std::vector<std::vector<std::uint64_t>> after(size, std::vector<std::uint64_t>(words));
  const auto has = [](const std::vector<std::uint64_t>& bits, StepId step) {
    return (bits[step / 64] >> (step % 64) & 1) != 0;
  };
  std::vector<int> rank(size);
  for (int i = 0; i < size; ++i) rank[order[i]] = i;
  Graph reduced(size);
  for (auto step = order.rbegin(); step != order.rend(); ++step) {
    std::vector<StepId> nearest_first = graph.successors[*step];
    std::sort(nearest_first.begin(), nearest_first.end(),
              [&](StepId a, StepId b) { return rank[a] < rank[b]; });
    std::vector<std::uint64_t>& mine = after[*step];
    for (const StepId next : nearest_first) {
      if (has(mine, next)) continue;
      reduced.add_edge(*step, next);
      mine[next / 64] |= std::uint64_t{1} << (next % 64);
      for (std::size_t w = 0; w < words; ++w) mine[w] |= after[next][w];
    }
  }
  return reduced;
}

void erase(std::vector<StepId>& sorted, StepId step) {
  sorted.erase(std::lower_bound(sorted.begin(), sorted.end(), step));
}

void isolate(Graph& graph, StepId step) {
  for (const StepId next : graph.successors[step]) erase(graph.predecessors[next], step);
  for (const StepId before : graph.predecessors[step]) erase(graph.successors[before], step);
  graph.successors[step].clear();
  graph.predecessors[step].clear();
}

}  // namespace

Contraction::Contraction(const Problem& problem) {
  Graph graph = transitive_reduction(problem.graph);
  const int size = graph.size();
  for (StepId step = 0; step < size; ++step) {
    Part& part = parts_.emplace_back();
    part.step = step;
    part.points = curve_of(problem.options[step]);
    part_of_.push_back(step);
  }
  std::vector<bool> gone(size, false);
  for (bool changed = true; changed;) {
    changed = false;
    for (StepId step = 0; step < size; ++step) {
      while (!gone[step] && graph.successors[step].size() == 1) {
        const StepId next = graph.successors[step].front();
        if (graph.predecessors[next].size() != 1 || !merge(step, next, false)) break;
        const std::vector<StepId> later = graph.successors[next];
        isolate(graph, next);
        for (const StepId successor : later) graph.add_edge(step, successor);
        gone[next] = changed = true;
      }
    }
    std::map<std::pair<std::vector<StepId>, std::vector<StepId>>, StepId> twins;
    for (StepId step = 0; step < size; ++step) {
      if (gone[step]) continue;
      const auto [twin, is_first] =
          twins.try_emplace({graph.predecessors[step], graph.successors[step]}, step);
      if (is_first) continue;
      if (!merge(twin->second, step, true)) {
        twin->second = step;
        continue;
      }
      isolate(graph, step);
      gone[step] = changed = true;
    }
  }
  // Number what is left.
  std::vector<int> place(size, -1);
  std::vector<int> left;
  for (StepId step = 0; step < size; ++step) {
    if (gone[step]) continue;
    place[step] = static_cast<int>(left.size());
    left.push_back(part_of_[step]);
  }
  core_.graph = Graph(static_cast<int>(left.size()));
  for (StepId step = 0; step < size; ++step)
    for (const StepId next : graph.successors[step]) core_.graph.add_edge(place[step], place[next]);
  part_of_ = std::move(left);
  for (const int part : part_of_) {
    std::vector<Point>& options = core_.options.emplace_back();
    for (int i = 0; i < parts_[part].points.size(); ++i)
      options.push_back(parts_[part].points.point(i));
  }
}

bool Contraction::merge(int into, int other, bool side_by_side) {
  const Curve& a = parts_[part_of_[into]].points;
  const Curve& b = parts_[part_of_[other]].points;
  if (!side_by_side && std::int64_t{a.size()} * b.size() > kMostSums) return false;
  Part merged;
  merged.left = part_of_[into];
  merged.right = part_of_[other];
  merged.points = side_by_side ? in_parallel(a, b) : in_series(a, b);
  if (merged.points.size() > kMostMerged) return false;
  part_of_[into] = static_cast<int>(parts_.size());
  parts_.push_back(std::move(merged));
  return true;
}

std::vector<int> Contraction::expand(const std::vector<int>& options) const {
  std::vector<int> result;
  std::vector<std::pair<int, int>> open;
  for (std::size_t i = 0; i < options.size(); ++i) open.emplace_back(part_of_[i], options[i]);
  while (!open.empty()) {
    const auto [index, taken] = open.back();
    open.pop_back();
    const Part& part = parts_[index];
    if (part.step < 0) {
      const Origin origin = part.points.origins[taken];
      open.emplace_back(part.left, origin.first);
      open.emplace_back(part.right, origin.second);
      continue;
    }
    if (static_cast<int>(result.size()) <= part.step) result.resize(part.step + 1);
    result[part.step] = taken;
  }
  return result;
}

}  // namespace stepconf::solver
