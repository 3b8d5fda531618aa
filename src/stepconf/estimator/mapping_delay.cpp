#include "stepconf/estimator/mapping_delay.h"

namespace stepconf::estimator {

Seconds MappingDelay::at(int instances) const {
  const double p = instances;
  double seconds = base_s + slope_s * p;
  if (knee && instances > *knee) {
    const double beyond = p - *knee;
    seconds += ramp1_s * beyond + ramp2_s * beyond * beyond;
  }
  return Seconds{seconds};
}

}  // namespace stepconf::estimator
