#pragma once

#include <memory>
#include <vector>

#include "stepconf/compiled/compiled_plan.h"

namespace stepconf::compiled {

/// The options of a plan's steps: looked up where they were prepared, for the nearest number of
/// jobs that is not smaller; else from the models in the plan. Instances beyond the jobs that there
/// are are not asked for. Has no mutable state: may be shared between threads.
class CompiledOptions final : public estimator::OptionSource {
 public:
  /// `plan` must outlive this object.
  explicit CompiledOptions(const CompiledPlan& plan) : plan_(plan) {}

  /// Lists those options that none outdoes in both time and cost, the fastest first.
  /// O(log kinds + log job numbers + options). Throws InvalidInput where a function is not in the
  /// plan.
  std::vector<estimator::Option> options(const workflow::Step& step, int jobs) const override;
  int considered(const workflow::Step& step, int jobs) const override;
  std::string why_none(const workflow::Step& step, int jobs) const override {
    return plan_.options->why_none(step, jobs);
  }
  /// Asks the models.
  estimator::Evaluation evaluate(const workflow::Step& step, int jobs,
                                 const estimator::Configuration& configuration) const override;

 private:
  // nullptr where the models have to be asked.
  const PreparedOptions* find(const workflow::Step& step, int jobs) const;

  const CompiledPlan& plan_;
};

}  // namespace stepconf::compiled
