#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stepconf/estimator/configuration.h"
#include "stepconf/estimator/duration_model.h"
#include "stepconf/estimator/sample.h"
#include "stepconf/pricing/price_sheet.h"

namespace stepconf::estimator {

/// What measuring is to spare.
enum class Spend { invocations, time, usd };

/// What the choice of a function's next measurement depends on, beside what was measured.
struct ExperimentOptions {
  ConfigurationSpace space{};
  /// What a step of it usually has, at least 1.
  int jobs = 1;
  /// Most jobs that one measurement may be given, at least 1.
  int max_jobs = 8;
  pricing::PriceSheet prices = pricing::price_sheet();
  /// Predicted relative error at which measuring ends.
  double goal = 0.03;
  /// The next test is the one that helps most for what it spends of this.
  Spend spend = Spend::invocations;
};

/// What is known before the next measurement, and which that should be.
struct Experiment {
  /// Expected relative error of a prediction, over the configurations that a decision may fall on;
  /// absent while too little is measured to tell.
  std::optional<double> error;
  /// Absent where the error is within the goal, or nothing that could be measured would help.
  std::optional<InstanceLoad> next;
  /// Why this one, or why none: half a sentence for people.
  std::string reason;
};

/// Chooses what to measure next of one function: first a few loads that tell how duration follows
/// memory, processes and jobs, then the load that most reduces the uncertainty of the decision.
/// `samples` are those of this function alone, in any order. Loads that failed, and those that
/// cannot do better, are passed over. Deterministic; about a fit's time.
Experiment next_test(std::span<const Sample> samples, const ExperimentOptions& options);

}  // namespace stepconf::estimator
