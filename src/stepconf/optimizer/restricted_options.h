#pragma once

#include "stepconf/estimator/option.h"

namespace stepconf::optimizer {

/// Which kinds of parallelism a strategy leaves alone.
struct Restriction {
  /// p = 1: no inter-function parallelism.
  bool one_instance = false;
  /// q = 1: no intra-function parallelism.
  bool one_process = false;
};

/// The options of another source without some of the choice. Kept are those with the least number
/// of instances, or processes, that the source offers for the step and its jobs: 1 where there is
/// one. A step that is not batched has no choice of either and keeps its options.
class RestrictedOptions final : public estimator::OptionSource {
 public:
  /// `source` must outlive this.
  RestrictedOptions(const estimator::OptionSource& source, Restriction restriction)
      : source_(source), restriction_(restriction) {}

  std::vector<estimator::Option> options(const workflow::Step& step, int jobs) const override;
  estimator::Evaluation evaluate(const workflow::Step& step, int jobs,
                                 const estimator::Configuration& configuration) const override {
    return source_.evaluate(step, jobs, configuration);
  }

 private:
  const estimator::OptionSource& source_;
  Restriction restriction_;
};

}  // namespace stepconf::optimizer
