#include "stepconf/estimator/next_test.h"

#include <algorithm>

#include "stepconf/estimator/test_points.h"

namespace stepconf::estimator {

Experiment next_test(std::span<const Sample> samples, const ExperimentOptions& options) {
  for (const InstanceLoad& load :
       first_test_points(options.space, options.jobs, options.max_jobs)) {
    const bool measured =
        std::ranges::any_of(samples, [&](const Sample& sample) { return sample.load() == load; });
    if (!measured) return {std::nullopt, load, "not measured yet"};
  }
  return {std::nullopt, std::nullopt, "every test point is measured"};
}

}  // namespace stepconf::estimator
