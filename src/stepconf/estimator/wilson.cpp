#include "stepconf/estimator/wilson.h"

#include <algorithm>
#include <cmath>

#include "stepconf/estimator/spread.h"

namespace stepconf::estimator {

Interval wilson_interval(double count, double trials, double confidence) {
  if (trials <= 0) return {0, 1};
  const double z = normal_quantile((1 + confidence) / 2);
  const double share = count / trials;
  const double middle = share + z * z / (2 * trials);
  const double half = z * std::sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials));
  const double scale = 1 + z * z / trials;
  return {std::max(0.0, (middle - half) / scale), std::min(1.0, (middle + half) / scale)};
}

}  // namespace stepconf::estimator
