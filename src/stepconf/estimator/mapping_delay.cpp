#include "stepconf/estimator/mapping_delay.h"

#include <algorithm>
#include <cmath>

namespace stepconf::estimator {
namespace {

// Earlier instances than one that counts so little do not count; after so many the rest counts like
// the last.
constexpr double kLeastRival = 1e-3;
constexpr int kMostRivals = 10'000;

}  // namespace

Seconds MappingDelay::at(int position, int instances) const {
  double seconds = base_s + slope_s * position;
  if (knee) {
    const double beyond = std::max(0, position - *knee);
    seconds += (ramp1_s + ramp2_s * beyond) * beyond + crowd_s * std::max(0, instances - *knee);
  }
  return Seconds{seconds};
}

double MappingDelay::rivals(int instances, Seconds tail) const {
  const Seconds last = at(instances);
  const int line = std::min(instances, knee.value_or(instances));
  double sum = 0;
  for (int i = instances; i > line; --i) {
    const double part = std::exp((at(i, instances) - last) / tail);
    if (part < kLeastRival) return std::max(1.0, sum);
    if (instances - i == kMostRivals) return sum + i * part;
    sum += part;
  }
  // Up to the knee each starts one slope later than the one before: a geometric series.
  const double slope = slope_s / tail.count();
  const double series = slope > 0 ? std::expm1(-slope * line) / std::expm1(-slope) : line;
  sum += std::exp((at(line, instances) - last) / tail) * series;
  return std::max(1.0, sum);
}

}  // namespace stepconf::estimator
