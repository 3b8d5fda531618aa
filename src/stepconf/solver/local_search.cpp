#include "stepconf/solver/local_search.h"

#include <algorithm>
#include <limits>

namespace stepconf::solver {

using workflow::StepId;

namespace {

// What adding up a path in another order may change, relatively.
constexpr double kRounding = 1e-13;

}  // namespace

LocalSearch::LocalSearch(const Problem& problem)
    : problem_(problem),
      order_(workflow::topological_order(problem.graph)),
      start_(problem.options.size()),
      after_(problem.options.size()) {}

void LocalSearch::measure(const std::vector<int>& options) {
  longest_ = 0;
  for (const StepId step : order_) {
    double start = 0;
    for (const StepId before : problem_.graph.predecessors[step])
      start = std::max(start, start_[before] + problem_.options[before][options[before]].seconds);
    start_[step] = start;
    longest_ = std::max(longest_, start + problem_.options[step][options[step]].seconds);
  }
  for (auto step = order_.rbegin(); step != order_.rend(); ++step) {
    double after = 0;
    for (const StepId next : problem_.graph.successors[*step])
      after = std::max(after, after_[next] + problem_.options[next][options[next]].seconds);
    after_[*step] = after;
  }
}

double LocalSearch::seconds(const std::vector<int>& options) {
  measure(options);
  return longest_;
}

double LocalSearch::usd(const std::vector<int>& options) const {
  double sum = 0;
  for (std::size_t step = 0; step < options.size(); ++step)
    sum += problem_.options[step][options[step]].usd;
  return sum;
}

void LocalSearch::spend(std::vector<int>& options, double limit, StepId fixed) {
  while (true) {
    measure(options);
    StepId best = -1;
    int taken = 0;
    double most = 0;
    for (const StepId step : order_) {
      if (step == fixed) continue;
      const std::vector<Point>& points = problem_.options[step];
      const double room = window(step, limit) * (1 - kRounding);
      int k = options[step];
      while (k + 1 < static_cast<int>(points.size()) && points[k + 1].seconds <= room) ++k;
      const double saved = points[options[step]].usd - points[k].usd;
      if (saved <= most) continue;
      most = saved;
      best = step;
      taken = k;
    }
    if (best < 0) return;
    options[best] = taken;
  }
}

bool LocalSearch::hurry(std::vector<int>& options, double limit, StepId fixed) {
  while (true) {
    measure(options);
    const double excess = longest_ - limit;
    if (excess <= 0) return true;
    StepId best = -1;
    int taken = 0;
    double least = std::numeric_limits<double>::infinity();
    for (const StepId step : order_) {
      if (step == fixed) continue;
      const std::vector<Point>& points = problem_.options[step];
      const Point& now = points[options[step]];
      const double over = now.seconds - window(step, limit);
      if (over <= 0) continue;
      for (int k = options[step] - 1; k >= 0; --k) {
        const double won = std::min(over, now.seconds - points[k].seconds);
        const double price = (points[k].usd - now.usd) / won;
        if (price < least) {
          least = price;
          best = step;
          taken = k;
        }
        if (won >= over) break;
      }
    }
    if (best < 0) return false;
    options[best] = taken;
  }
}

void LocalSearch::improve(std::vector<int>& options, double limit,
                          const std::function<bool()>& stop) {
  double usd_now = usd(options);
  for (bool better = true; better;) {
    better = false;
    for (const StepId step : order_) {
      if (stop()) return;
      for (const int change : {-1, 1, -2, 2, -3}) {
        const int taken = options[step] + change;
        if (taken < 0 || taken >= static_cast<int>(problem_.options[step].size())) continue;
        trial_ = options;
        trial_[step] = taken;
        if (!hurry(trial_, limit, step)) continue;
        spend(trial_, limit, step);
        const double usd_then = usd(trial_);
        if (usd_then >= usd_now * (1 - kRounding)) continue;
        options = trial_;
        usd_now = usd_then;
        better = true;
      }
    }
  }
}

}  // namespace stepconf::solver
