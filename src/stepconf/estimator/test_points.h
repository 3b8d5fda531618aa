#pragma once

#include <vector>

#include "stepconf/estimator/configuration.h"
#include "stepconf/estimator/duration_model.h"

namespace stepconf::estimator {

/// Chooses the few loads at which a function is measured first: enough to see how its duration
/// follows memory, processes and jobs per instance.
///
/// `jobs` is what a step of it usually has (at least 1), `max_jobs` the most that one measurement
/// may take. The corners come first (least and greatest memory, few and many jobs, one and most
/// processes), then memory sizes in between, most distant first, so that any beginning of the list
/// is a usable experiment. A load whose processes exceed its jobs is left out: they would stand
/// idle.
std::vector<InstanceLoad> first_test_points(const ConfigurationSpace& space, int jobs,
                                            int max_jobs);

}  // namespace stepconf::estimator
