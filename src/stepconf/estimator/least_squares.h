#pragma once

#include <functional>
#include <span>
#include <vector>

namespace stepconf::estimator {

/// Find the parameters for which predictions come relatively closest to what was observed.
struct LeastSquaresProblem {
  /// Predicts observation `row`.
  std::function<double(std::span<const double> parameters, std::size_t row)> predict;
  /// Each over 0; its residual is (prediction - observed) / observed.
  std::vector<double> observed;
  /// One for each observation, over 0 and at most 1.
  std::vector<double> weights;
  std::vector<double> lower, upper;
  /// Parameters that are held at their start; empty: none is.
  std::vector<bool> held;
  /// Relative residuals beyond this count in proportion, not by their square (Huber's loss), so
  /// that single outliers do not bend the curve.
  double outlier = 0.1;
};

struct LeastSquaresSolution {
  std::vector<double> parameters;
  double cost = 0;
  /// False where the search ended with no usable point; one that stopped early is usable.
  bool usable = false;
};

/// Searches from `start`, which is moved into the bounds first. Deterministic, one thread.
LeastSquaresSolution minimise(const LeastSquaresProblem& problem, std::vector<double> start);

}  // namespace stepconf::estimator
