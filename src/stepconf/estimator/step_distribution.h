#pragma once

#include "stepconf/estimator/models.h"

namespace stepconf::estimator {

/// How long a step takes: the largest, over its instances, of mapping delay plus duration (section
/// III-B.2), where durations scatter independently and the model's own error is common to all.
class StepDistribution {
 public:
  /// All instances have the load `full`. `function` must outlive this object. O(instances) where
  /// mapping delays differ.
  StepDistribution(const FittedFunction& function, const InstanceLoad& full);
  /// All but the last have the load `full`, for which the model predicts `instance`; for the last,
  /// which has the jobs that remain, it predicts `last`. Of one instance `last` does not count.
  StepDistribution(const FittedFunction& function, const InstanceLoad& full, Seconds instance,
                   Seconds last);

  /// Gives the mean duration of one warm instance, as the model predicts it.
  Seconds instance() const { return instance_; }
  /// Gives the quantile of one warm instance, model error included.
  Seconds instance_quantile(double probability) const;
  /// Gives the mean of the whole step.
  Seconds mean() const;
  /// Gives the quantile of the whole step, model error and scatter of the mapping delay included.
  Seconds quantile(double probability) const;

 private:
  // Of the largest of `instances` durations of the mean `mean`.
  Seconds quantile_of_largest(Seconds mean, double probability, double instances,
                              double delay_deviation) const;

  const FittedFunction& function_;
  InstanceLoad full_;
  Seconds instance_;
  /// The instance that ends last where nothing scatters: its mapping delay and duration; and how
  /// many compete with it for being the last to end, itself included.
  Seconds latest_delay_;
  Seconds latest_;
  double rivals_;
};

}  // namespace stepconf::estimator
