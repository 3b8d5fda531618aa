#pragma once

#include <optional>

#include "stepconf/compiled/compiled_options.h"
#include "stepconf/compiled/compiled_plan.h"
#include "stepconf/estimator/model_scatter.h"
#include "stepconf/optimizer/decision_charge.h"

namespace stepconf::compiled {

/// What a plan's strategy is told: its options and how they scatter, with the time and the price of
/// each decision in them where the goal says so. May be shared between threads.
class PlanSources {
 public:
  /// `plan` must outlive it.
  explicit PlanSources(const CompiledPlan& plan);
  PlanSources(const PlanSources&) = delete;
  PlanSources& operator=(const PlanSources&) = delete;

  const estimator::OptionSource& options() const;
  const estimator::ScatterSource& scatter() const;

 private:
  CompiledOptions options_;
  estimator::ModelScatter scatter_;
  std::optional<optimizer::ChargedOptions> charged_options_;
  std::optional<optimizer::ChargedScatter> charged_scatter_;
};

}  // namespace stepconf::compiled
