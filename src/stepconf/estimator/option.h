#pragma once

#include <vector>

#include "stepconf/base/units.h"
#include "stepconf/estimator/configuration.h"
#include "stepconf/workflow/workflow.h"

namespace stepconf::estimator {

/// One way to run a step, with what it is expected to take and cost: the whole step's duration (mapping delay and slowest instance) and
/// cost (all instances, requests, transitions).
struct Option {
  Configuration configuration;
  Seconds duration{0};
  Usd cost;
};

/// Tells every way in which a step can run.
class OptionSource {
 public:
  virtual ~OptionSource() = default;

  /// Lists the feasible options of `step` for `jobs` jobs (at least 1), in the order of the configuration space; empty where no configuration
  /// fits. A foreign step has exactly one, of its expected duration and no cost. Pure: the same arguments, the same answer.
  virtual std::vector<Option> options(const workflow::Step& step, int jobs) const = 0;
};

}  // namespace stepconf::estimator
