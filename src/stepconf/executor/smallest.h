#pragma once

#include "stepconf/optimizer/strategy.h"

namespace stepconf::executor {

/// Runs every step at its smallest configuration: what is left when there are no models to choose
/// by.
class Smallest final : public optimizer::Strategy {
 public:
  /// `smallest[s]` is the configuration of step s.
  explicit Smallest(std::vector<estimator::Configuration> smallest)
      : smallest_(std::move(smallest)) {}
  optimizer::Decision decide(const optimizer::Question& question) override;

 private:
  std::vector<estimator::Configuration> smallest_;
};

}  // namespace stepconf::executor
