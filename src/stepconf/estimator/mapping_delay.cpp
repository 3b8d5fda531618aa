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
  // Without any slope all compete, and the sum below would take as many steps.
  if (slope_s + ramp1_s + ramp2_s == 0) return instances;
  const Seconds last = at(instances);
  double sum = 0;
  for (int i = instances; i >= 1; --i) {
    const double part = std::exp((at(i, instances) - last) / tail);
    if (part < kLeastRival) break;
    if (instances - i == kMostRivals) return sum + i * part;
    sum += part;
  }
  return std::max(1.0, sum);
}

}  // namespace stepconf::estimator
