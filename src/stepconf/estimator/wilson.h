#pragma once

#include "stepconf/estimator/intervals.h"

namespace stepconf::estimator {

/// Gives the interval of a share of which `count` of `trials` were seen, by Wilson (1927): shorter
/// than that of share_interval, as it holds with `confidence` on average and not always. 0 to 1 for
/// no trials.
Interval wilson_interval(double count, double trials, double confidence = 0.95);

}  // namespace stepconf::estimator
