#pragma once

#include <memory>
#include <span>
#include <vector>

#include "stepconf/estimator/intervals.h"

namespace stepconf::estimator {

/// Gives the x for which the standard normal distribution's share below x is `probability`, in (0,
/// 1). Exact to 1e-12.
double normal_quantile(double probability);

/// Gives the factor on a mean duration below which the largest of `instances` independent durations
/// stays with `probability`, where each is the mean times a lognormal factor of mean 1 and
/// coefficient of variation `cv`. The quantile of the largest of p is each one's at v^(1/p).
double lognormal_quantile(double cv, double probability, int instances = 1);

/// Probabilities at which the body of a measured distribution is kept.
inline constexpr double kBodyProbabilities[] = {0.01, 0.05, 0.1, 0.2, 0.3, 0.4,
                                                0.5,  0.6,  0.7, 0.8, 0.9};

/// A share of instances, with the interval in which the true one lies with 95 %.
struct Share {
  double estimate = 0;
  Interval interval{0, 1};

  bool operator==(const Share&) const = default;
};

/// What is known about how an instance's duration scatters around its mean, as a factor.
struct SpreadParameters {
  /// Coefficient of variation.
  double cv = 0;
  /// Samples behind it, less the means that were estimated from them.
  double freedom = 0;
  /// Logarithms of the factor at kBodyProbabilities; empty where there were too few samples, then
  /// the factor is taken to be lognormal with this CV.
  std::vector<double> body{};
  /// Beyond the last of these probabilities, the factor exceeds its value there by a generalised
  /// Pareto variable (Pickands, 1975): shape 0 is an exponential tail, more is heavier, up to 1,
  /// where there is no mean any more.
  double tail_scale = 0, tail_shape = 0;
  /// Share of instances that take far longer than the body of the distribution explains: four of
  /// its standard deviations, and 10 % at least.
  Share outliers{};

  bool operator==(const SpreadParameters&) const = default;
};

/// The distribution of an instance's duration around its mean, and of the largest of several.
/// May be shared between threads.
class Spread {
 public:
  explicit Spread(SpreadParameters parameters = {});

  const SpreadParameters& parameters() const { return parameters_; }
  double cv() const { return parameters_.cv; }
  /// Gives the logarithm of the factor below which one instance stays with `probability`, in (0,
  /// 1).
  double log_quantile(double probability) const;
  /// Gives the same where the caller has the standard normal distribution's quantile of
  /// `probability`, which takes most of the time.
  double log_quantile(double probability, double normal) const {
    return parameters_.body.empty() && parameters_.cv > 0 ? log_factor(normal)
                                                          : log_quantile(probability);
  }
  /// The same of the largest of `instances` (1 or more, not necessarily whole).
  double log_quantile_of_largest(double probability, double instances) const;
  /// Gives the mean of the largest of `instances` factors over the mean of one: 1 for 1. Beyond a
  /// million it no longer grows. The first call on a spread or its copies takes some 20 us.
  double mean_of_largest(double instances) const;
  /// Gives the scale by which the factor's upper tail falls off, at least a little over 0.
  double tail_scale() const { return tail_scale_; }

  bool operator==(const Spread& other) const { return parameters_ == other.parameters_; }

 private:
  struct Means;

  double quantile(double probability) const;
  std::vector<double> means() const;
  // The logarithm of a lognormal factor where the standard normal distribution has its quantile z.
  double log_factor(double z) const;

  SpreadParameters parameters_;
  // Of the logarithm of a lognormal factor.
  double variance_ = 0;
  double tail_scale_ = 0;
  // Made when they are first asked for: who loads models asks but few of them. Copies share them.
  std::shared_ptr<Means> means_;
};

/// Samples without which the 95th and 99th percentile are extrapolated, not seen: with so many, one
/// of them lies above it with 95 % (Wilks, 1941).
inline constexpr int kSamplesForP95 = 59;
inline constexpr int kSamplesForP99 = 299;

}  // namespace stepconf::estimator
