#pragma once

#include <string>

#include "stepconf/estimator/models.h"
#include "stepconf/workflow/workflow.h"

namespace stepconf::optimizer {

/// The strategy that is taken where nobody names one.
struct DefaultStrategy {
  /// "percentile" where it can keep its promise, else "stepconf".
  std::string name;
  /// Why it is not percentile; empty where it is.
  std::string why_not;
};

/// Decides the default for a workflow: percentile where the model of every function knows the tail
/// of its durations well enough for `target`. A fitted function does with samples enough to have
/// seen the 95th percentile (for a target over 0.95 the 99th: spread.h), a table with `noise`.
/// Throws InvalidInput where a function has no model.
DefaultStrategy default_strategy(const estimator::Models& models,
                                 const workflow::Workflow& workflow, double target);

}  // namespace stepconf::optimizer
