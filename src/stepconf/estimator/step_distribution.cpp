#include "stepconf/estimator/step_distribution.h"

#include <cmath>

namespace stepconf::estimator {

StepDistribution::StepDistribution(const FittedFunction& function, const InstanceLoad& full)
    : StepDistribution(function, full, function.duration.predict(full),
                       function.duration.predict(full)) {}

StepDistribution::StepDistribution(const FittedFunction& function, const InstanceLoad& full,
                                   Seconds instance, Seconds last)
    : function_(function), full_(full), instance_(instance), latest_(instance) {
  const MappingDelay& dispatch = function.dispatch;
  const int instances = full.instances;
  const Seconds tail = instance * function.spread.tail_scale() + Seconds(1e-9);
  const bool alike = instances == 1 || last == instance;
  const int alike_instances = alike ? instances : instances - 1;
  latest_delay_ = dispatch.at(alike_instances, instances);
  rivals_ = dispatch.rivals(alike_instances, tail);
  if (alike) return;
  // The last one starts latest but has less to do: it may end before the others or after them.
  const Seconds last_delay = dispatch.at(instances);
  const Seconds later = last_delay + last - (latest_delay_ + latest_);
  if (later <= Seconds(0)) {
    rivals_ += std::exp(later / tail);
  } else {
    rivals_ = 1 + rivals_ * std::exp(-later / tail);
    latest_delay_ = last_delay;
    latest_ = last;
  }
}

Seconds StepDistribution::quantile_of_largest(Seconds mean, double probability, double instances,
                                              double delay_deviation) const {
  // One instance scatters around the prediction; the largest of several exceeds one of them as far
  // as their scatter around their common mean tells.
  const double straggling = function_.spread.log_quantile_of_largest(probability, instances) -
                            function_.spread.log_quantile(probability);
  const double own =
      mean.count() * std::expm1(function_.residual.log_quantile(probability) + straggling);
  const double model = mean.count() * function_.model_error.beyond_measured(full_);
  // Independent of the instances' scatter: squares add up, each on its own side of the mean.
  const double common = normal_quantile(probability) * std::hypot(model, delay_deviation);
  const bool same_side = (own >= 0) == (common >= 0);
  return mean + Seconds(same_side ? std::copysign(std::hypot(own, common), own) : own + common);
}

Seconds StepDistribution::instance_quantile(double probability) const {
  return quantile_of_largest(instance_, probability, 1, 0);
}

Seconds StepDistribution::mean() const {
  // t_i = t_i^map(p_i) + t^_i (section III-B.2), with t^_i as the mean of the latest
  return latest_delay_ + latest_ * function_.spread.mean_of_largest(rivals_);
}

Seconds StepDistribution::quantile(double probability) const {
  return latest_delay_ + quantile_of_largest(latest_, probability, rivals_,
                                             latest_delay_.count() * function_.dispatch.cv);
}

}  // namespace stepconf::estimator
