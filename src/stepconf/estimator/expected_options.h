#pragma once

#include <vector>

#include "stepconf/estimator/option.h"
#include "stepconf/estimator/scatter.h"

namespace stepconf::estimator {

/// Options at the mean of what they are believed to scatter by: outliers, cold starts and failures
/// make them longer and dearer. Has no mutable state: may be shared between threads.
class ExpectedOptions final : public OptionSource {
 public:
  /// Both must outlive it.
  ExpectedOptions(const OptionSource& options, const ScatterSource& scatter)
      : options_(options), scatter_(scatter) {}

  std::vector<Option> options(const workflow::Step& step, int jobs) const override;
  Evaluation evaluate(const workflow::Step& step, int jobs,
                      const Configuration& configuration) const override;

 private:
  Option expected(const workflow::Step& step, int jobs, const Option& option) const;

  const OptionSource& options_;
  const ScatterSource& scatter_;
};

}  // namespace stepconf::estimator
