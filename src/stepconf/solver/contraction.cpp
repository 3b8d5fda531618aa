#include "stepconf/solver/contraction.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <utility>

namespace stepconf::solver {
namespace {

using workflow::Graph;
using workflow::StepId;

constexpr std::size_t kMostPoints = 2000;
constexpr std::size_t kMostSums = std::size_t{1} << 17;

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
    for (const Point& point : problem.options[step])
      part.points.push_back({point, static_cast<int>(part.points.size()), 0});
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
    for (const PartPoint& point : parts_[part].points) options.push_back(point.total);
  }
}

bool Contraction::merge(int into, int other, bool side_by_side) {
  const Part& a = parts_[part_of_[into]];
  const Part& b = parts_[part_of_[other]];
  if (!side_by_side && a.points.size() * b.points.size() > kMostSums) return false;
  Part merged;
  merged.left = part_of_[into];
  merged.right = part_of_[other];
  merged.points = side_by_side ? parallel(a, b) : series(a, b);
  if (merged.points.size() > kMostPoints) return false;
  part_of_[into] = static_cast<int>(parts_.size());
  parts_.push_back(std::move(merged));
  return true;
}

std::vector<Contraction::PartPoint> Contraction::series(const Part& a, const Part& b) {
  std::vector<PartPoint> sums;
  sums.reserve(a.points.size() * b.points.size());
  for (int i = 0; i < static_cast<int>(a.points.size()); ++i) {
    for (int j = 0; j < static_cast<int>(b.points.size()); ++j) {
      const Point &first = a.points[i].total, &second = b.points[j].total;
      sums.push_back({{first.seconds + second.seconds, first.usd + second.usd}, i, j});
    }
  }
  std::sort(sums.begin(), sums.end(), [](const PartPoint& x, const PartPoint& y) {
    if (x.total.seconds != y.total.seconds) return x.total.seconds < y.total.seconds;
    if (x.total.usd != y.total.usd) return x.total.usd < y.total.usd;
    return x.left < y.left;
  });
  std::vector<PartPoint> frontier;
  for (const PartPoint& sum : sums)
    if (frontier.empty() || sum.total.usd < frontier.back().total.usd) frontier.push_back(sum);
  return frontier;
}

std::vector<Contraction::PartPoint> Contraction::parallel(const Part& a, const Part& b) {
  const auto seconds = [](const Part& part, std::size_t i) {
    return i < part.points.size() ? part.points[i].total.seconds
                                  : std::numeric_limits<double>::infinity();
  };
  std::size_t i = 0, j = 0;
  // Both have to fit into the time of the slower one, so let each use it up.
  double limit = std::max(seconds(a, 0), seconds(b, 0));
  std::vector<PartPoint> frontier;
  while (limit < std::numeric_limits<double>::infinity()) {
    while (seconds(a, i + 1) <= limit) ++i;
    while (seconds(b, j + 1) <= limit) ++j;
    const double usd = a.points[i].total.usd + b.points[j].total.usd;
    if (frontier.empty() || usd < frontier.back().total.usd)
      frontier.push_back({{limit, usd}, static_cast<int>(i), static_cast<int>(j)});
    limit = std::min(seconds(a, i + 1), seconds(b, j + 1));
  }
  return frontier;
}

std::vector<int> Contraction::expand(const std::vector<int>& options) const {
  std::vector<int> result;
  std::vector<std::pair<int, int>> open;
  for (std::size_t i = 0; i < options.size(); ++i) open.emplace_back(part_of_[i], options[i]);
  while (!open.empty()) {
    const auto [index, taken] = open.back();
    open.pop_back();
    const Part& part = parts_[index];
    const PartPoint& point = part.points[taken];
    if (part.step < 0) {
      open.emplace_back(part.left, point.left);
      open.emplace_back(part.right, point.right);
      continue;
    }
    if (static_cast<int>(result.size()) <= part.step) result.resize(part.step + 1);
    result[part.step] = point.left;
  }
  return result;
}

}  // namespace stepconf::solver
