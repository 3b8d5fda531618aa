#include "stepconf/optimizer/remaining.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace stepconf::optimizer {
namespace {

using solver::Curve;
using solver::Point;
using workflow::StepId;
using Kind = workflow::SeriesParallelTree::Kind;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kLong = 2000;
constexpr double kThinning = 1e-6;

Curve at_once() { return solver::curve_of({{0, 0}}); }

Curve shifted(Curve curve, double seconds) {
  for (double& point : curve.seconds) point += seconds;
  return curve;
}

Curve weighted(Curve curve, double weight) {
  for (double& point : curve.usd) point *= weight;
  return curve;
}

Curve shortened(Curve curve) {
  if (curve.size() > kLong) solver::thin(curve, kThinning);
  return curve;
}

}  // namespace

RemainingTree::RemainingTree(const workflow::SeriesParallelTree& tree,
                             const std::vector<std::vector<Point>>& options,
                             const std::vector<char>& automatic)
    : leaf_(options.size(), -1) {
  add(tree, -1, 0, options, automatic);
}

int RemainingTree::add(const workflow::SeriesParallelTree& tree, int parent, int place,
                       const std::vector<std::vector<Point>>& options,
                       const std::vector<char>& automatic) {
  const int index = static_cast<int>(nodes_.size());
  Node& node = nodes_.emplace_back();
  node.kind = tree.kind;
  node.step = tree.step;
  node.parent = parent;
  node.place = place;
  std::vector<int> parts;
  for (std::size_t i = 0; i < tree.parts.size(); ++i)
    parts.push_back(add(tree.parts[i], index, static_cast<int>(i), options, automatic));
  std::vector<Curve> curves;
  switch (tree.kind) {
    case Kind::kStep:
      leaf_[tree.step] = index;
      curves.push_back(solver::curve_of(options[tree.step]));
      break;
    case Kind::kSeries:
      curves.push_back(at_once());
      for (auto part = parts.rbegin(); part != parts.rend(); ++part)
        curves.push_back(shortened(solver::in_series(whole(*part), curves.back())));
      std::ranges::reverse(curves);
      break;
    case Kind::kParallel:
    case Kind::kChoice:
      for (std::size_t i = 0; i < parts.size(); ++i) {
        Curve part = whole(parts[i]);
        if (tree.kind == Kind::kChoice) part = weighted(std::move(part), tree.probabilities[i]);
        curves.push_back(i == 0 ? std::move(part) : solver::in_parallel(curves.back(), part));
      }
      curves = {shortened(std::move(curves.back()))};
      break;
  }
  nodes_[index].automatic =
      tree.kind == Kind::kStep
          ? automatic[tree.step]
          : std::ranges::all_of(parts, [&](int part) { return nodes_[part].automatic; });
  if (tree.kind == Kind::kSeries) {
    double lead = 0;
    for (std::size_t i = 1; i < parts.size() && nodes_[parts[i - 1]].automatic; ++i)
      nodes_[parts[i]].lead = lead += whole(parts[i - 1]).seconds.front();
  }
  nodes_[index].parts = std::move(parts);
  nodes_[index].curves = std::move(curves);
  return index;
}

Progress RemainingTree::start() const {
  return {std::vector<std::optional<Progress::Step>>(leaf_.size()),
          std::vector<double>(nodes_.size(), kInfinity)};
}

void RemainingTree::note(Progress& progress, StepId step, Progress::Step decided) const {
  progress.steps[step] = decided;
  // Who began earlier, began earlier all the way up.
  double begun = decided.asked.count();
  for (int node = leaf_[step]; node >= 0 && progress.begun[node] > begun;
       node = nodes_[node].parent) {
    progress.begun[node] = begun;
    begun = std::max(0.0, begun - nodes_[node].lead);
  }
}

BestChoice RemainingTree::choose(StepId step, const std::vector<Point>& options, Seconds now,
                                 Seconds limit, const Progress& progress) const {
  // A curve of end times from now on for each level on the way to the root, and what was combined
  // with the one before: the suffix of a series, or nothing where siblings run beside it.
  struct Level {
    Curve curve;
    const Curve* behind = nullptr;
  };
  std::vector<Level> levels;
  levels.push_back({solver::curve_of(options)});
  const double left = (limit - now).count();
  int node = leaf_[step];
  // Of the node, if the step is the first in it that is asked about.
  double begun = now.count();
  for (; nodes_[node].parent >= 0; node = nodes_[node].parent) {
    begun = std::max(0.0, begun - nodes_[node].lead);
    const Node& parent = nodes_[nodes_[node].parent];
    if (parent.kind == Kind::kSeries) {
      // The last combination is not needed as a whole, but at one limit.
      if (parent.parent < 0) break;
      const Curve& behind = parent.curves[nodes_[node].place + 1];
      levels.push_back({solver::in_series(levels.back().curve, behind), &behind});
    } else if (parent.kind == Kind::kParallel) {
      begun = std::min(begun, progress.begun[nodes_[node].parent]);
      for (const int sibling : parent.parts) {
        if (sibling == node) continue;
        levels.push_back({solver::in_parallel(levels.back().curve,
                                              left_of(sibling, begun, now.count(), progress))});
      }
    }
  }

  const Curve& top = levels.back().curve;
  const Curve nothing = at_once();
  const Curve& behind = nodes_[node].parent < 0
                            ? nothing
                            : nodes_[nodes_[node].parent].curves[nodes_[node].place + 1];
  int point = -1;
  int rest = 0;
  std::pair best{kInfinity, kInfinity};
  for (int i = 0; i < top.size() && top.seconds[i] <= left; ++i) {
    const int j = behind.cheapest_within(left - top.seconds[i]);
    if (j < 0) break;
    const std::pair total{top.usd[i] + behind.usd[j], top.seconds[i] + behind.seconds[j]};
    if (total >= best) continue;
    best = total;
    point = i;
    rest = j;
  }
  // Where nothing keeps the limit, the rest is to be as fast as it can.
  BestChoice choice{std::max(point, 0), limit - Seconds(behind.seconds[rest])};
  for (auto level = levels.rbegin(); level + 1 != levels.rend(); ++level) {
    const solver::Origin origin = level->curve.origins[choice.option];
    if (level->behind) choice.latest_end -= Seconds(level->behind->seconds[origin.second]);
    choice.option = origin.first;
  }
  if (point < 0) choice.option = -1;
  return choice;
}

Curve RemainingTree::left_of(int index, double begun, double now, const Progress& progress) const {
  const Node& node = nodes_[index];
  if (node.kind == Kind::kSeries) return left_of_series(node, begun, now, progress);
  const bool asked = progress.begun[index] < kInfinity;
  if (const auto end = end_of(index, begun, progress))
    return shifted(at_once(), std::max(0.0, *end - now));
  if (node.kind == Kind::kChoice && asked) {
    for (const int part : node.parts) {
      if (progress.begun[part] < kInfinity) return left_of(part, begun, now, progress);
    }
  }
  if (node.kind == Kind::kParallel && (asked || begun < now)) {
    Curve curve = left_of(node.parts.front(), begun, now, progress);
    for (std::size_t i = 1; i < node.parts.size(); ++i)
      curve = solver::in_parallel(curve, left_of(node.parts[i], begun, now, progress));
    return curve;
  }
  return shifted(whole(index), std::max(0.0, begun - now));
}

std::optional<std::size_t> RemainingTree::last_begun(const Node& series, const Progress& progress) {
  std::size_t past = series.parts.size();
  while (past > 0 && progress.begun[series.parts[past - 1]] == kInfinity) --past;
  return past == 0 ? std::nullopt : std::optional(past - 1);
}

Curve RemainingTree::left_of_series(const Node& node, double begun, double now,
                                    const Progress& progress) const {
  std::size_t next = 0;
  if (const auto place = last_begun(node, progress)) {
    next = *place + 1;
    const int last = node.parts[next - 1];
    const auto end = end_of(last, progress.begun[last], progress);
    if (!end) {
      return solver::in_series(left_of(last, progress.begun[last], now, progress),
                               node.curves[next]);
    }
    begun = *end;
  }
  for (; next < node.parts.size(); ++next) {
    const Node& part = nodes_[node.parts[next]];
    if (!part.automatic) break;
    begun += part.curves.front().seconds.front();
  }
  return shifted(node.curves[next], std::max(0.0, begun - now));
}

std::optional<double> RemainingTree::end_of(int index, double begun,
                                            const Progress& progress) const {
  const Node& node = nodes_[index];
  if (node.automatic) return begun + whole(index).seconds.front();
  if (progress.begun[index] == kInfinity) return std::nullopt;
  switch (node.kind) {
    case Kind::kStep:
      return progress.steps[node.step]->ends.count();
    case Kind::kSeries: {
      const auto last = last_begun(node, progress);
      if (!last) return std::nullopt;
      auto end = end_of(node.parts[*last], progress.begun[node.parts[*last]], progress);
      for (std::size_t next = *last + 1; end && next < node.parts.size(); ++next)
        end = end_of(node.parts[next], *end, progress);
      return end;
    }
    case Kind::kParallel: {
      double last = begun;
      for (const int part : node.parts) {
        const auto end = end_of(part, begun, progress);
        if (!end) return std::nullopt;
        last = std::max(last, *end);
      }
      return last;
    }
    case Kind::kChoice:
      for (const int part : node.parts)
        if (progress.begun[part] < kInfinity) return end_of(part, begun, progress);
      break;
  }
  return std::nullopt;
}

}  // namespace stepconf::optimizer
