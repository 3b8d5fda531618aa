#include "stepconf/estimator/intervals.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "stepconf/estimator/spread.h"

namespace stepconf::estimator {
namespace {

// The continued fraction of I_x(a, b) (DLMF 8.17.22) by Lentz's method: quick where x is at most
// (a + 1) / (a + b + 2).
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  constexpr int kMostTerms = 10'000;
  const auto not_zero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / not_zero(1 - (a + b) * x / (a + 1));
  double result = d;
  for (int m = 1; m < kMostTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / not_zero(1 + even * d);
    c = not_zero(1 + even / c);
    result *= c * d;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / not_zero(1 + odd * d);
    c = not_zero(1 + odd / c);
    const double step = c * d;
    result *= step;
    if (std::abs(step - 1) < 1e-15) break;
  }
  return result;
}

// The x between the bounds at which a growing function reaches `wanted`.
double solve(const std::function<double(double)>& function, double wanted, double lower,
             double upper) {
  for (int i = 0; i < 100; ++i) {
    const double middle = (lower + upper) / 2;
    (function(middle) < wanted ? lower : upper) = middle;
  }
  return (lower + upper) / 2;
}

}  // namespace

double incomplete_beta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incomplete_beta(b, a, 1 - x);
  const double logarithm =
      std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x);
  return std::exp(logarithm) * beta_fraction(a, b, x) / a;
}

double student_quantile(double probability, double freedom) {
  // Of the square of t, freedom / (freedom + t^2) has a beta distribution.
  const double both_tails = 2 * std::min(probability, 1 - probability);
  const double x =
      solve([&](double at) { return incomplete_beta(freedom / 2, 0.5, at); }, both_tails, 0, 1);
  const double size = std::sqrt(freedom * (1 - x) / x);
  return probability < 0.5 ? -size : size;
}

double chance_of_as_many(double count, double trials, double share) {
  if (count <= 0) return 1;
  if (count > trials) return 0;
  return incomplete_beta(count, trials - count + 1, share);
}

Interval share_interval(double count, double trials, double confidence) {
  const double beyond = (1 - confidence) / 2;
  Interval interval{0, 1};
  if (count > 0) {
    interval.lower =
        solve([&](double share) { return chance_of_as_many(count, trials, share); }, beyond, 0, 1);
  }
  if (count < trials) {
    interval.upper =
        solve([&](double share) { return incomplete_beta(count + 1, trials - count, share); },
              1 - beyond, 0, 1);
  }
  return interval;
}

}  // namespace stepconf::estimator
