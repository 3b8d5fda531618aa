#pragma once

namespace stepconf::estimator {

/// A range in which a value lies with a probability that the context names.
struct Interval {
  double lower = 0;
  double upper = 0;

  bool operator==(const Interval&) const = default;
};

/// Gives the regularised incomplete beta function I_x(a, b) for a and b over 0 and x in [0, 1]
/// (NIST's Digital Library of Mathematical Functions, 8.17). Exact to 1e-12.
double incomplete_beta(double a, double b, double x);

/// Gives the x for which Student's t distribution with `freedom` degrees (over 0) has the share
/// `probability`, in (0, 1), below x.
double student_quantile(double probability, double freedom);

/// Gives the probability of seeing `count` or more among `trials` where each happens with
/// probability `share` independently of the others: the binomial distribution's upper tail. Neither
/// number need be whole; 1 for a count of 0.
double chance_of_as_many(double count, double trials, double share);

/// Gives the interval in which a share lies with probability `confidence`, where `count` of
/// `trials` were seen (Clopper and Pearson, 1934). Neither number need be whole; 0 to 1 for no
/// trials.
Interval share_interval(double count, double trials, double confidence);

}  // namespace stepconf::estimator
