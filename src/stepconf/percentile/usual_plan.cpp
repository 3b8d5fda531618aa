#include "stepconf/percentile/usual_plan.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "stepconf/solver/tree_solver.h"

namespace stepconf::percentile {
namespace {

using Tree = workflow::SeriesParallelTree;
using Kind = Tree::Kind;
using workflow::StepId;

constexpr double kHardlyEver = 0.01;

// The first and the last steps of a part.
struct Ends {
  std::vector<StepId> first, last;
};

Ends connect(const Tree& tree, workflow::Graph& graph) {
  if (tree.kind == Kind::kStep) return {{tree.step}, {tree.step}};
  Ends ends;
  for (const Tree& part : tree.parts) {
    Ends next = connect(part, graph);
    if (tree.kind != Kind::kSeries || ends.first.empty()) {
      ends.first.insert(ends.first.end(), next.first.begin(), next.first.end());
    }
    if (tree.kind == Kind::kSeries) {
      for (const StepId from : ends.last) {
        for (const StepId to : next.first) graph.add_edge(from, to);
      }
      ends.last.clear();
    }
    ends.last.insert(ends.last.end(), next.last.begin(), next.last.end());
  }
  return ends;
}

double usual_seconds(const Alternative& alternative) { return alternative.parts[kUsualPart]; }

// How often the alternative takes what it usually does.
double how_often(const Alternative& alternative) {
  const double usual = usual_seconds(alternative);
  double share = 0;
  for (int part = 0; part < kParts; ++part) {
    if (std::abs(alternative.parts[part] - usual) <= kForgiven * usual)
      share += kBinProbabilities[part / kPartsPerBin] / kPartsPerBin;
  }
  return share;
}

}  // namespace

std::optional<std::vector<int>> usual_plan(const Problem& problem) {
  const std::size_t steps = problem.alternatives.size();
  solver::Problem usual{workflow::Graph(static_cast<int>(steps)), {}};
  connect(problem.tree, usual.graph);
  std::vector<std::vector<int>> stands_for(steps);
  for (std::size_t step = 0; step < steps; ++step) {
    const std::vector<Alternative>& alternatives = problem.alternatives[step];
    std::vector<solver::Point>& points = usual.options.emplace_back();
    if (alternatives.empty()) points.push_back({0, 0});
    std::vector<int> order(alternatives.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, [&](int i) {
      return std::pair(usual_seconds(alternatives[i]), alternatives[i].usd);
    });
    for (const int i : order) {
      if (!points.empty() && alternatives[i].usd >= points.back().usd) continue;
      points.push_back({usual_seconds(alternatives[i]), alternatives[i].usd});
      stands_for[step].push_back(i);
    }
  }
  const solver::Solution solution = solver::make_tree_solver(usual, problem.tree)
                                        ->cheapest_within(problem.slo * (1 + kForgiven / 2));
  if (!solution.feasible) return std::nullopt;
  std::vector<int> plan(steps, -1);
  double share = 1;
  for (std::size_t step = 0; step < steps; ++step) {
    if (stands_for[step].empty()) continue;
    plan[step] = stands_for[step][solution.best.options[step]];
    share *= how_often(problem.alternatives[step][plan[step]]);
  }
  if (share < kHardlyEver) return std::nullopt;
  return plan;
}

}  // namespace stepconf::percentile
