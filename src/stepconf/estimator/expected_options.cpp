#include "stepconf/estimator/expected_options.h"

namespace stepconf::estimator {

Option ExpectedOptions::expected(const workflow::Step& step, int jobs, const Option& option) const {
  const StepOutcome mean = scatter_.mean(step, jobs, option);
  return {option.configuration, mean.duration, mean.cost};
}

std::vector<Option> ExpectedOptions::options(const workflow::Step& step, int jobs) const {
  std::vector<Option> result = options_.options(step, jobs);
  for (Option& option : result) option = expected(step, jobs, option);
  return result;
}

Evaluation ExpectedOptions::evaluate(const workflow::Step& step, int jobs,
                                     const Configuration& configuration) const {
  Evaluation result = options_.evaluate(step, jobs, configuration);
  if (result.option) result.option = expected(step, jobs, *result.option);
  return result;
}

}  // namespace stepconf::estimator
