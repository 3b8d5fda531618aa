// The sums of two curves are n * m points of which few are efficient. For each point of the smaller
// curve, the other one shifted by it is sorted already. So these m rows are merged pairwise, like
// the matches of a tournament, and each match keeps only what is efficient: most sums are gone
// after the first rounds, and no round sorts anything. A row is made when its match is due, so that
// there is memory for what is efficient, not for all sums.
#include "stepconf/solver/curve.h"

#include <algorithm>
#include <limits>

namespace stepconf::solver {
namespace {

// A sorted run of sums in the pool below.
struct Sum {
  double seconds = 0;
  double usd = 0;
  Origin origin;
};

using Row = std::vector<Sum>;

// Merges two rows and keeps what is efficient; of equal points the one of `a`.
void merge(const Row& a, const Row& b, Row& out) {
  out.clear();
  auto x = a.begin();
  auto y = b.begin();
  double least = std::numeric_limits<double>::infinity();
  const auto take = [&](const Sum& sum) {
    if (sum.usd >= least) return;
    least = sum.usd;
    out.push_back(sum);
  };
  while (x != a.end() && y != b.end()) {
    const bool first = x->seconds < y->seconds || (x->seconds == y->seconds && x->usd <= y->usd);
    take(first ? *x++ : *y++);
  }
  for (; x != a.end(); ++x) take(*x);
  for (; y != b.end(); ++y) take(*y);
}

void append(Curve& curve, double seconds, double usd, Origin origin) {
  curve.seconds.push_back(seconds);
  curve.usd.push_back(usd);
  curve.origins.push_back(origin);
}

}  // namespace

int Curve::cheapest_within(double limit) const {
  return static_cast<int>(std::upper_bound(seconds.begin(), seconds.end(), limit) -
                          seconds.begin()) -
         1;
}

Curve curve_of(const std::vector<Point>& options) {
  Curve curve;
  for (const Point& option : options) append(curve, option.seconds, option.usd, {});
  return curve;
}

Curve in_series(const Curve& first, const Curve& second, Bound* bound) {
  const bool swapped = first.size() < second.size();
  const Curve& longer = swapped ? second : first;
  const Curve& shorter = swapped ? first : second;
  // Winners that wait for their next match, the widest first: the r-th digit of j in base 2 tells
  // whether one of 2^r rows waits.
  std::vector<Row> waiting;
  Row row, merged;
  const auto play = [&] {
    merge(waiting.back(), row, merged);
    std::swap(row, merged);
    waiting.pop_back();
  };
  for (int j = 0; j < shorter.size(); ++j) {
    row.clear();
    row.reserve(longer.size());
    if (bound) bound->restart();
    for (int i = 0; i < longer.size(); ++i) {
      const double seconds = longer.seconds[i] + shorter.seconds[j];
      const double usd = longer.usd[i] + shorter.usd[j];
      if (bound && !bound->keeps(seconds, usd)) continue;
      // Rounding may make neighbours equal.
      if (!row.empty() && row.back().usd <= usd) continue;
      if (!row.empty() && row.back().seconds == seconds) row.pop_back();
      row.push_back({seconds, usd, swapped ? Origin{j, i} : Origin{i, j}});
    }
    for (int matches = j; matches % 2 == 1; matches /= 2) play();
    waiting.push_back(std::move(row));
  }
  row.clear();
  while (!waiting.empty()) play();
  Curve result;
  for (const Sum& sum : row) append(result, sum.seconds, sum.usd, sum.origin);
  return result;
}

Curve in_parallel(const Curve& first, const Curve& second, Bound* bound) {
  Curve result;
  int i = 0;
  int j = 0;
  if (first.size() == 0 || second.size() == 0) return result;
  if (bound) bound->restart();
  // The two indices name what both cost least within the time at hand.
  double now = std::max(first.seconds[0], second.seconds[0]);
  for (;;) {
    while (i + 1 < first.size() && first.seconds[i + 1] <= now) ++i;
    while (j + 1 < second.size() && second.seconds[j + 1] <= now) ++j;
    const double usd = first.usd[i] + second.usd[j];
    if ((!bound || bound->keeps(now, usd)) && (result.size() == 0 || usd < result.usd.back())) {
      append(result, now, usd, {i, j});
    }
    const bool more_first = i + 1 < first.size();
    const bool more_second = j + 1 < second.size();
    if (!more_first && !more_second) return result;
    now = !more_second  ? first.seconds[i + 1]
          : !more_first ? second.seconds[j + 1]
                        : std::min(first.seconds[i + 1], second.seconds[j + 1]);
  }
}

bool thin(Curve& curve, double tolerance) {
  int kept = 0;
  for (int i = 0; i < curve.size(); ++i) {
    if (kept > 0 && curve.usd[kept - 1] <= (1 + tolerance) * curve.usd[i]) continue;
    curve.seconds[kept] = curve.seconds[i];
    curve.usd[kept] = curve.usd[i];
    curve.origins[kept] = curve.origins[i];
    ++kept;
  }
  const bool thinned = kept < curve.size();
  curve.seconds.resize(kept);
  curve.usd.resize(kept);
  curve.origins.resize(kept);
  return thinned;
}

}  // namespace stepconf::solver
