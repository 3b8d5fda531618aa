#pragma once

namespace stepconf::estimator {

/// Gives the x for which the standard normal distribution's share below x is `probability`, in (0,
/// 1). Exact to 1e-12.
double normal_quantile(double probability);

/// Gives the factor on a mean duration below which the largest of `instances` independent durations
/// stays with `probability`, where each is the mean times a lognormal factor of mean 1 and
/// coefficient of variation `cv`. The quantile of the largest of p is each one's at v^(1/p).
double lognormal_quantile(double cv, double probability, int instances = 1);

}  // namespace stepconf::estimator
