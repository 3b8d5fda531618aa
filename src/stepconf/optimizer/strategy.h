#pragma once

#include <optional>
#include <string>

#include "stepconf/base/units.h"
#include "stepconf/estimator/configuration.h"
#include "stepconf/workflow/workflow.h"

namespace stepconf::optimizer {

/// What a strategy is asked before a step runs.
struct Question {
  workflow::StepId step = 0;
  /// Jobs that the step really has, at least 1: a step without jobs runs no instance and asks
  /// nothing.
  int jobs = 1;
  /// Now, since the execution's start.
  Seconds now{0};
};

/// What a strategy answers.
struct Decision {
  estimator::Configuration configuration;
  /// Time the step may take if the workflow is to meet its SLO; absent where the strategy shares
  /// out no time.
  std::optional<Seconds> sub_slo;
  /// Expected duration and cost of the whole step under `configuration`; absent where there are no
  /// models.
  std::optional<Seconds> duration;
  std::optional<Usd> cost;
  /// Why, in one sentence for people: the binding constraint, what would have been cheaper.
  std::string reason;
};

/// Chooses a configuration for each step of one execution, one object per execution. Asked once
/// before each step that has jobs, in the order in which steps become ready, and again when jobs of
/// a step are retried. Not to be shared between threads.
class Strategy {
 public:
  virtual ~Strategy() = default;
  virtual Decision decide(const Question& question) = 0;
};

}  // namespace stepconf::optimizer
