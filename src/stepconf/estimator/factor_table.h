#pragma once

#include <functional>
#include <vector>

#include "stepconf/estimator/noise.h"
#include "stepconf/estimator/spread.h"

namespace stepconf::estimator {

/// The distribution of a factor on a duration, tabulated between the probabilities 1e-10
/// and 1 - 1e-10, so that quantiles and probabilities take some nanoseconds. Has no mutable state:
/// may be shared between threads.
class FactorTable {
 public:
  /// A factor that is 1 always.
  FactorTable() = default;
  /// Lognormal: exp(s z - s^2 / 2) with s^2 = ln(1 + cv^2) and z standard normal. T3: max(0.05, 1 +
  /// cv t / sqrt(3)) with t of Student's distribution with three degrees of freedom, whose variance
  /// is 3, divided by its mean.
  explicit FactorTable(const Fluctuation& fluctuation);
  /// As a function's instances scatter, divided by the mean.
  explicit FactorTable(const Spread& spread);
  /// The product of `factor` and what `outliers` slow an instance down by; its mean is that of the
  /// latter. Their range is taken as 16 equally likely factors.
  FactorTable(const FactorTable& factor, const Outliers& outliers);

  /// Whether the factor is 1 always.
  bool constant() const { return factors_.empty(); }

  /// Gives the factor below which one instance stays with probability `below`; `above` is 1 -
  /// below, apart from it so that high probabilities keep their digits.
  double quantile(double below, double above) const;
  /// Gives the probability that the factor exceeds `factor`.
  double above(double factor) const;

 private:
  struct Node {
    double below, above;
    // The standard normal distribution's quantile, from the side where probabilities have their
    // digits, and from below alone.
    double normal, normal_below;
  };
  static const std::vector<Node>& nodes();

  void index();
  void fill(const std::function<double(const Node& node)>& quantile);

  /// By logit of the probability, evenly spaced; ascending.
  std::vector<double> factors_;
  /// For equal parts of the range in which nearly all factors lie: the first node in or after each.
  std::vector<int> first_node_;
  double parts_per_unit_ = 0;
};

}  // namespace stepconf::estimator
