#include "stepconf/solver/relaxation.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <tuple>

namespace stepconf::solver {

using workflow::StepId;

namespace {

// What adding up a flow loses, relatively; less than that is nothing.
constexpr double kDust = 4e-15;
}  // namespace

Relaxation::Relaxation(const Problem& problem) : problem_(problem) {
  const int size = problem.graph.size();
  const int source = 2 * size, sink = 2 * size + 1;
  for (StepId step = 0; step < size; ++step) add_arc(2 * step, 2 * step + 1);
  first_edge_ = size;
  for (StepId step = 0; step < size; ++step) {
    if (problem.graph.predecessors[step].empty()) add_arc(source, 2 * step);
    if (problem.graph.successors[step].empty()) add_arc(2 * step + 1, sink);
    for (const StepId next : problem.graph.successors[step]) add_arc(2 * step + 1, 2 * next);
  }
  return_arc_ = static_cast<int>(tail_.size());
  add_arc(sink, source);
  list_ways(2 * size + 2);
  flow_.assign(tail_.size(), 0);
  hulls_.resize(size);
  for (StepId step = 0; step < size; ++step) {
    ranges_.push_back({0, static_cast<int>(problem.options[step].size()) - 1});
    make_hull(step);
  }
  // Without a limit each step takes its slowest option and starts as early as it can.
  potential_.assign(2 * size + 2, 0);
  double end = 0;
  for (const StepId step : workflow::topological_order(problem.graph)) {
    double& start = potential_[2 * step];
    for (const StepId before : problem.graph.predecessors[step])
      start = std::max(start, potential_[2 * before + 1]);
    potential_[2 * step + 1] = start + problem.options[step].back().seconds;
    end = std::max(end, potential_[2 * step + 1]);
  }
  potential_[sink] = end;
  tolerance_ = 1e-13 * end;
}

void Relaxation::add_arc(int tail, int head) {
  tail_.push_back(tail);
  head_.push_back(head);
}

void Relaxation::list_ways(int vertices) {
  first_way_.assign(vertices + 1, 0);
  for (std::size_t arc = 0; arc < tail_.size(); ++arc) {
    ++first_way_[tail_[arc] + 1];
    ++first_way_[head_[arc] + 1];
  }
  std::partial_sum(first_way_.begin(), first_way_.end(), first_way_.begin());
  ways_.resize(2 * tail_.size());
  std::vector<int> next = first_way_;
  for (int arc = 0; arc < static_cast<int>(tail_.size()); ++arc) {
    ways_[next[tail_[arc]]++] = {arc, head_[arc], true};
    ways_[next[head_[arc]]++] = {arc, tail_[arc], false};
  }
  distance_.assign(vertices, kNever);
  come_from_.assign(vertices, -1);
  come_by_.assign(vertices, -1);
  settled_.assign(vertices, 0);
}

void Relaxation::make_hull(int step) {
  const std::vector<Point>& options = problem_.options[step];
  Hull& hull = hulls_[step];
  std::vector<Point>& corners = hull.corners;
  corners.clear();
  hull.change_at.clear();
  // From the cheapest on, each corner saves its time at a higher price than the one before.
  const auto price = [](const Point& slow, const Point& fast) {
    return (fast.usd - slow.usd) / (slow.seconds - fast.seconds);
  };
  for (int k = ranges_[step].last; k >= ranges_[step].first; --k) {
    const Point& option = options[k];
    while (corners.size() >= 2 && price(corners.back(), option) <= hull.change_at.back()) {
      corners.pop_back();
      hull.change_at.pop_back();
    }
    if (!corners.empty()) hull.change_at.push_back(price(corners.back(), option));
    corners.push_back(option);
  }
  hull.change_at.push_back(kNever);
  place(step);
}

void Relaxation::place(int step) {
  Hull& hull = hulls_[step];
  hull.at = 0;
  while (flow_[step] >= hull.change_at[hull.at] * (1 - kDust)) ++hull.at;
}

double Relaxation::rise(int arc) const {
  if (!is_step(arc)) return length(arc);
  return hulls_[arc].corners[hulls_[arc].at].seconds;
}

double Relaxation::fall(int arc) const {
  if (flow_[arc] <= 0) return kNever;
  if (!is_step(arc)) return length(arc);
  const Hull& hull = hulls_[arc];
  const bool at_change = hull.at > 0 && flow_[arc] <= hull.change_at[hull.at - 1] * (1 + kDust);
  return hull.corners[hull.at - (at_change ? 1 : 0)].seconds;
}

double Relaxation::room_to_rise(int arc) const {
  return is_step(arc) ? hulls_[arc].change_at[hulls_[arc].at] - flow_[arc] : kNever;
}

double Relaxation::room_to_fall(int arc) const {
  if (!is_step(arc)) return flow_[arc];
  const Hull& hull = hulls_[arc];
  int below = hull.at - 1;
  if (below >= 0 && flow_[arc] <= hull.change_at[below] * (1 + kDust)) --below;
  return flow_[arc] - (below >= 0 ? hull.change_at[below] : 0);
}

void Relaxation::add_flow(int arc, double amount) {
  double& flow = flow_[arc];
  const double before = flow;
  flow += amount;
  if (amount < 0 && flow <= kDust * before) flow = 0;
  if (!is_step(arc)) return;
  Hull& hull = hulls_[arc];
  while (flow >= hull.change_at[hull.at] * (1 - kDust)) ++hull.at;
  while (hull.at > 0 && flow < hull.change_at[hull.at - 1] * (1 - kDust)) --hull.at;
}

// How much the vertex that `way` leads to lags behind: it must be raised once `from` is raised by
// more. Infinite where no flow can go.
double Relaxation::reduced_cost(const Way& way, int from) const {
  const double ahead = potential_[way.to] - potential_[from];
  // An edge: nothing may start before what it waits for has ended, nor, with flow, after.
  if (way.arc >= first_edge_ && way.arc < return_arc_) {
    if (!way.forward && flow_[way.arc] <= 0) return kNever;
    return std::max(way.forward ? ahead : -ahead, 0.0);
  }
  return std::max(way.forward ? ahead - rise(way.arc) : fall(way.arc) + ahead, 0.0);
}

// Raises `from` by `most`, or by less where `to` would have to be raised too, and with it whatever
// must follow. Returns by how much; where that is less than `most`, come_from_ tells the path.
double Relaxation::shift(int from, int to, double most) {
  reached_.assign(1, from);
  queue_.clear();
  near_.assign(1, from);
  distance_[from] = 0;
  double raised = most;
  // What is as near as the vertex at hand needs no queue; most is, since flow ties moments
  // together.
  double distance = 0;
  bool found = false;
  while (!found) {
    int vertex = -1;
    if (!near_.empty()) {
      vertex = near_.back();
      near_.pop_back();
    } else if (!queue_.empty()) {
      std::tie(distance, vertex) = queue_.front();
      std::pop_heap(queue_.begin(), queue_.end(), std::greater<>());
      queue_.pop_back();
      if (vertex == to && distance == distance_[to]) {
        raised = distance;
        break;
      }
    } else {
      break;
    }
    if (settled_[vertex] || distance > distance_[vertex]) continue;
    settled_[vertex] = 1;
    for (int w = first_way_[vertex]; w < first_way_[vertex + 1]; ++w) {
      const Way& way = ways_[w];
      if (settled_[way.to]) continue;
      const double cost = reduced_cost(way, vertex);
      const double there = distance + cost;
      if (there >= most || there >= distance_[way.to]) continue;
      if (distance_[way.to] == kNever) reached_.push_back(way.to);
      distance_[way.to] = there;
      come_from_[way.to] = vertex;
      come_by_[way.to] = w;
      if (there > distance) {
        queue_.emplace_back(there, way.to);
        std::push_heap(queue_.begin(), queue_.end(), std::greater<>());
        continue;
      }
      if (way.to == to) {
        raised = distance;
        found = true;
        break;
      }
      near_.push_back(way.to);
    }
  }
  for (const int vertex : reached_) {
    if (distance_[vertex] < raised) potential_[vertex] += raised - distance_[vertex];
    distance_[vertex] = kNever;
    settled_[vertex] = 0;
  }
  return raised;
}

// Sends as much as fits along the path that shift() found, and through `arc`. False where there is
// no end to it.
bool Relaxation::push(int arc, bool forward, int from, int to) {
  double amount = forward ? room_to_rise(arc) : room_to_fall(arc);
  for (int vertex = to; vertex != from; vertex = come_from_[vertex]) {
    const Way& way = ways_[come_by_[vertex]];
    amount = std::min(amount, way.forward ? room_to_rise(way.arc) : room_to_fall(way.arc));
  }
  if (amount == kNever) return false;
  add_flow(arc, forward ? amount : -amount);
  for (int vertex = to; vertex != from; vertex = come_from_[vertex]) {
    const Way& way = ways_[come_by_[vertex]];
    add_flow(way.arc, way.forward ? amount : -amount);
  }
  return true;
}

void Relaxation::repair(int arc, const Effort& effort) {
  const int tail = tail_[arc], head = head_[arc];
  for (int paths = 0; paths < effort.most_paths && !infeasible_; ++paths) {
    const double lacking = rise(arc) - (potential_[head] - potential_[tail]);
    const double beyond = (potential_[head] - potential_[tail]) - fall(arc);
    const bool forward = lacking > tolerance_;
    if (!forward && !(beyond > tolerance_)) return;
    const int from = forward ? head : tail, to = forward ? tail : head;
    const double most = forward ? lacking : beyond;
    if (shift(from, to, most) >= most) continue;
    if (!push(arc, forward, from, to)) infeasible_ = true;
    if (effort.enough < kNever && bound() > effort.enough) return;
  }
}

void Relaxation::set_limit(double seconds, const Effort& effort) {
  limit_ = seconds;
  repair(return_arc_, effort);
}

void Relaxation::set_range(StepId step, Range range, const Effort& effort) {
  if (ranges_[step] == range) return;
  ranges_[step] = range;
  make_hull(step);
  repair(step, effort);
}

double Relaxation::bound() const {
  if (infeasible_) return kNever;
  double sum = 0;
  for (std::size_t step = 0; step < hulls_.size(); ++step) {
    const Point& corner = hulls_[step].corners[hulls_[step].at];
    sum += corner.usd + flow_[step] * corner.seconds;
  }
  return price() > 0 ? sum - limit_ * price() : sum;
}

double Relaxation::time_bound(double usd) const {
  if (infeasible_) return kNever;
  if (price() <= 0) return 0;
  return limit_ + (bound() - usd) / price();
}

double Relaxation::penalty(StepId step, const Point& point) const {
  const Point& corner = hulls_[step].corners[hulls_[step].at];
  return point.usd - corner.usd + flow_[step] * (point.seconds - corner.seconds);
}

double Relaxation::hull_cost(StepId step) const {
  const std::vector<Point>& corners = hulls_[step].corners;
  const double time = window(step);
  if (time >= corners.front().seconds) return corners.front().usd;
  std::size_t k = 1;
  while (k < corners.size() && corners[k].seconds > time) ++k;
  if (k == corners.size()) return corners.back().usd;
  const Point &slow = corners[k - 1], &fast = corners[k];
  return fast.usd + (slow.usd - fast.usd) * (time - fast.seconds) / (slow.seconds - fast.seconds);
}

void Relaxation::restore(const State& state) {
  flow_ = state.flow;
  potential_ = state.potential;
  limit_ = state.limit;
  infeasible_ = false;
  for (std::size_t step = 0; step < hulls_.size(); ++step) {
    if (ranges_[step] == state.ranges[step]) {
      place(static_cast<int>(step));
    } else {
      ranges_[step] = state.ranges[step];
      make_hull(static_cast<int>(step));
    }
  }
}

}  // namespace stepconf::solver
