#pragma once

#include "stepconf/estimator/models.h"

namespace stepconf::estimator {

/// How long a step takes: the largest, over its instances, of mapping delay plus duration (section
/// III-B.2), where durations scatter independently and the model's own error is common to all.
class StepDistribution {
 public:
  /// `full` is the load of the fullest instance, for which every instance is taken. `function` must
  /// outlive this object. O(instances) where mapping delays differ.
  StepDistribution(const FittedFunction& function, const InstanceLoad& full);
  /// The same where `instance`, which the model predicts for `full`, is known already.
  StepDistribution(const FittedFunction& function, const InstanceLoad& full, Seconds instance);

  /// Gives the mean duration of one warm instance, as the model predicts it.
  Seconds instance() const { return instance_; }
  /// Gives the quantile of one warm instance, model error included.
  Seconds instance_quantile(double probability) const;
  /// Gives the mean of the whole step.
  Seconds mean() const;
  /// Gives the quantile of the whole step, model error and scatter of the mapping delay included.
  Seconds quantile(double probability) const;

 private:
  Seconds quantile_of_largest(double probability, double instances, double delay_deviation) const;

  const FittedFunction& function_;
  InstanceLoad full_;
  Seconds instance_;
  /// Mapping delay of the last instance, and how many compete for being the last to end.
  Seconds last_delay_;
  double rivals_;
};

}  // namespace stepconf::estimator
