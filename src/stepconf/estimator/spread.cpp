#include "stepconf/estimator/spread.h"

#include <cmath>
#include <numbers>

namespace stepconf::estimator {

double normal_quantile(double probability) {
  // Bisection on the distribution function: a few dozen steps, and no table of constants to trust.
  double lower = -40;
  double upper = 40;
  for (int i = 0; i < 60; ++i) {
    const double middle = (lower + upper) / 2;
    const double below = std::erfc(-middle / std::numbers::sqrt2) / 2;
    (below < probability ? lower : upper) = middle;
  }
  return (lower + upper) / 2;
}

double lognormal_quantile(double cv, double probability, int instances) {
  if (cv <= 0) return 1;
  const double variance = std::log1p(cv * cv);
  const double each = std::pow(probability, 1.0 / instances);
  return std::exp(std::sqrt(variance) * normal_quantile(each) - variance / 2);
}

}  // namespace stepconf::estimator
