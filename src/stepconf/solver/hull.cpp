#include "stepconf/solver/hull.h"

#include <algorithm>
#include <limits>

#include "stepconf/solver/curve.h"

namespace stepconf::solver {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

double slope(const Point& a, const Point& b) { return (b.usd - a.usd) / (b.seconds - a.seconds); }

// Adds a vertex behind the others and takes out those that it leaves above the hull.
void push(std::vector<Point>& vertices, const Point& point) {
  if (!vertices.empty() && point.usd >= vertices.back().usd) return;
  if (!vertices.empty() && point.seconds <= vertices.back().seconds) vertices.pop_back();
  while (vertices.size() >= 2) {
    const Point& last = vertices.back();
    const Point& before = vertices[vertices.size() - 2];
    // last lies on or above the line from before to point
    if ((last.usd - before.usd) * (point.seconds - before.seconds) <
        (point.usd - before.usd) * (last.seconds - before.seconds)) {
      break;
    }
    vertices.pop_back();
  }
  vertices.push_back(point);
}

// The value within `seconds`, where `after` is the number of vertices that need no longer.
double value(const std::vector<Point>& vertices, std::size_t after, double seconds) {
  if (after == 0) return kNever;
  const Point& from = vertices[after - 1];
  if (after == vertices.size()) return from.usd;
  return from.usd + slope(from, vertices[after]) * (seconds - from.seconds);
}

// Reads a hull at times that ascend, or at times that descend, in O(1) each in the mean.
class Reader {
 public:
  explicit Reader(const Hull& hull) : vertices_(hull.vertices) {}

  double ascend_to(double seconds) {
    while (after_ < vertices_.size() && vertices_[after_].seconds <= seconds) ++after_;
    return value(vertices_, after_, seconds);
  }
  // Must be told first that times will descend.
  void start_behind() { after_ = vertices_.size(); }
  double descend_to(double seconds) {
    while (after_ > 0 && vertices_[after_ - 1].seconds > seconds) --after_;
    return value(vertices_, after_, seconds);
  }

 private:
  const std::vector<Point>& vertices_;
  std::size_t after_ = 0;
};

}  // namespace

double Hull::at(double seconds) const {
  const auto after =
      std::upper_bound(vertices.begin(), vertices.end(), seconds,
                       [](double limit, const Point& vertex) { return limit < vertex.seconds; });
  return value(vertices, static_cast<std::size_t>(after - vertices.begin()), seconds);
}

Hull hull_of(const Curve& curve) {
  Hull hull;
  for (int i = 0; i < curve.size(); ++i) push(hull.vertices, curve.point(i));
  return hull;
}

Hull in_series(const Hull& first, const Hull& second) {
  Hull sum;
  const auto& a = first.vertices;
  const auto& b = second.vertices;
  sum.vertices.reserve(a.size() + b.size());
  std::size_t i = 0;
  std::size_t j = 0;
  for (;;) {
    push(sum.vertices, {a[i].seconds + b[j].seconds, a[i].usd + b[j].usd});
    const bool more_first = i + 1 < a.size();
    const bool more_second = j + 1 < b.size();
    if (!more_first && !more_second) return sum;
    if (!more_second || (more_first && slope(a[i], a[i + 1]) <= slope(b[j], b[j + 1]))) {
      ++i;
    } else {
      ++j;
    }
  }
}

Hull in_parallel(const Hull& first, const Hull& second) {
  Hull sum;
  const auto& a = first.vertices;
  const auto& b = second.vertices;
  const double start = std::max(a.front().seconds, b.front().seconds);
  Reader first_usd(first), second_usd(second);
  const auto add = [&](double time) {
    push(sum.vertices, {time, first_usd.ascend_to(time) + second_usd.ascend_to(time)});
  };
  sum.vertices.reserve(a.size() + b.size());
  add(start);
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    const bool from_first = j == b.size() || (i < a.size() && a[i].seconds <= b[j].seconds);
    const double now = from_first ? a[i++].seconds : b[j++].seconds;
    if (now > start) add(now);
  }
  return sum;
}

Surroundings Surroundings::beside_in_series(const Hull& sibling) const {
  // min over s of sibling(s) + rest(t + s): over the negative of t, the sum of two parts in series.
  return Surroundings(in_series(hull_, sibling));
}

Surroundings Surroundings::beside_in_parallel(const Hull& sibling) const {
  // min over s >= t of sibling(s) + rest(s). Over the negative of the time the sum falls as far as
  // it is worth while to wait for the part; then it stays.
  Hull rest;
  rest.vertices.reserve(hull_.vertices.size() + sibling.vertices.size());
  Reader rest_usd(hull_), sibling_usd(sibling);
  sibling_usd.start_behind();
  auto ours = hull_.vertices.begin();
  auto theirs = sibling.vertices.rbegin();
  while (ours != hull_.vertices.end() || theirs != sibling.vertices.rend()) {
    const bool from_ours = theirs == sibling.vertices.rend() ||
                           (ours != hull_.vertices.end() && ours->seconds <= -theirs->seconds);
    const double time = from_ours ? (ours++)->seconds : -(theirs++)->seconds;
    const double usd = rest_usd.ascend_to(time) + sibling_usd.descend_to(-time);
    if (usd < kNever) push(rest.vertices, {time, usd});
  }
  return Surroundings(std::move(rest));
}

void Surroundings::narrow(const Hull& part) {
  std::vector<Point>& vertices = hull_.vertices;
  // Times of parts are added up in more than one order.
  const double margin = 1e-6 * (1 + part.vertices.back().seconds);
  const double low = -part.vertices.back().seconds - margin;
  const double high = -part.vertices.front().seconds + margin;
  // One vertex on either side, for the lines that lead to it.
  const auto last = std::ranges::lower_bound(vertices, high, {}, &Point::seconds);
  if (last != vertices.end()) vertices.erase(last + 1, vertices.end());
  const auto first = std::ranges::upper_bound(vertices, low, {}, &Point::seconds);
  if (first != vertices.begin()) vertices.erase(vertices.begin(), first - 1);
}

double Surroundings::best_time(const Hull& part) const {
  double best = part.vertices.front().seconds;
  double least = kNever;
  const auto consider = [&](double seconds) {
    const double usd = part.at(seconds) + at(seconds);
    if (usd < least) {
      least = usd;
      best = seconds;
    }
  };
  for (const Point& vertex : part.vertices) consider(vertex.seconds);
  for (const Point& vertex : hull_.vertices) consider(-vertex.seconds);
  return best;
}

bool Bound::keeps(double seconds, double usd) {
  const double time = -seconds;
  while (next_ > 0 && vertices_[next_ - 1].seconds > time) --next_;
  return usd + value(vertices_, next_, time) <= most_usd_;
}

}  // namespace stepconf::solver
