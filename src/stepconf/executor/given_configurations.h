#pragma once

#include "stepconf/optimizer/strategy.h"

namespace stepconf::executor {

/// Runs every step at its smallest configuration: what is left when there are no models to choose
/// by.
class GivenConfigurations final : public optimizer::Strategy {
 public:
  /// `configurations[s]` is that of step s; `reason` is what each decision says.
  GivenConfigurations(std::vector<estimator::Configuration> configurations, std::string reason)
      : configurations_(std::move(configurations)), reason_(std::move(reason)) {}
  optimizer::Decision decide(const optimizer::Question& question) override;

 private:
  std::vector<estimator::Configuration> configurations_;
  std::string reason_;
};

}  // namespace stepconf::executor
