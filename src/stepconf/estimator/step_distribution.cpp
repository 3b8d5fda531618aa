#include "stepconf/estimator/step_distribution.h"

#include <cmath>

namespace stepconf::estimator {

StepDistribution::StepDistribution(const FittedFunction& function, const InstanceLoad& full)
    : StepDistribution(function, full, function.duration.predict(full)) {}

StepDistribution::StepDistribution(const FittedFunction& function, const InstanceLoad& full,
                                   Seconds instance)
    : function_(function),
      full_(full),
      instance_(instance),
      last_delay_(function.dispatch.at(full.instances)),
      rivals_(function.dispatch.rivals(full.instances,
                                       instance_ * function.spread.tail_scale() + Seconds(1e-9))) {}

Seconds StepDistribution::quantile_of_largest(double probability, double instances,
                                              double delay_deviation) const {
  // One instance scatters around the prediction; the largest of several exceeds one of them as far
  // as their scatter around their common mean tells.
  const double straggling = function_.spread.log_quantile_of_largest(probability, instances) -
                            function_.spread.log_quantile(probability);
  const double own =
      instance_.count() * std::expm1(function_.residual.log_quantile(probability) + straggling);
  const double model = instance_.count() * function_.model_error.beyond_measured(full_);
  // Independent of the instances' scatter: squares add up, each on its own side of the mean.
  const double common = normal_quantile(probability) * std::hypot(model, delay_deviation);
  const bool same_side = (own >= 0) == (common >= 0);
  return instance_ +
         Seconds(same_side ? std::copysign(std::hypot(own, common), own) : own + common);
}

Seconds StepDistribution::instance_quantile(double probability) const {
  return quantile_of_largest(probability, 1, 0);
}

Seconds StepDistribution::mean() const {
  // t_i = t_i^map(p_i) + t^_i (section III-B.2), with t^_i as the mean of the slowest
  return last_delay_ + instance_ * function_.spread.mean_of_largest(rivals_);
}

Seconds StepDistribution::quantile(double probability) const {
  return last_delay_ +
         quantile_of_largest(probability, rivals_, last_delay_.count() * function_.dispatch.cv);
}

}  // namespace stepconf::estimator
