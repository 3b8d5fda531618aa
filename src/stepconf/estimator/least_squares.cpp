#include "stepconf/estimator/least_squares.h"

#include <ceres/ceres.h>

#include <algorithm>
#include <cmath>

namespace stepconf::estimator {
namespace {

// The relative error of one observation, with central differences for derivatives: the forms stay
// plain functions of doubles.
class RelativeError final : public ceres::CostFunction {
 public:
  RelativeError(const LeastSquaresProblem& problem, std::size_t row)
      : problem_(problem), row_(row), point_(problem.lower.size()) {
    set_num_residuals(1);
    mutable_parameter_block_sizes()->push_back(static_cast<int>(problem.lower.size()));
  }

  bool Evaluate(const double* const* parameters, double* residuals,
                double** jacobians) const override {
    std::copy_n(parameters[0], point_.size(), point_.begin());
    residuals[0] = error();
    if (!std::isfinite(residuals[0])) return false;
    if (jacobians == nullptr || jacobians[0] == nullptr) return true;
    for (std::size_t i = 0; i < point_.size(); ++i) {
      jacobians[0][i] = is_held(i) ? 0 : slope(i);
      if (!std::isfinite(jacobians[0][i])) return false;
    }
    return true;
  }

 private:
  bool is_held(std::size_t i) const { return !problem_.held.empty() && problem_.held[i]; }

  double error() const {
    const double observed = problem_.observed[row_];
    return (problem_.predict(point_, row_) - observed) / observed;
  }

  double slope(std::size_t i) const {
    const double middle = point_[i];
    const double step = 1e-5 * std::max(std::abs(middle), 1e-3);
    point_[i] = middle + step;
    const double above = error();
    point_[i] = middle - step;
    const double below = error();
    point_[i] = middle;
    return (above - below) / (2 * step);
  }

  const LeastSquaresProblem& problem_;
  std::size_t row_;
  mutable std::vector<double> point_;
};

ceres::Solver::Options solver_options() {
  ceres::Solver::Options options;
  // A handful of dense parameters: QR is the most accurate solver and fast enough.
  options.linear_solver_type = ceres::DENSE_QR;
  options.num_threads = 1;
  options.logging_type = ceres::SILENT;
  options.max_num_iterations = 100;
  // Far below any measurement's noise, and few enough steps for hundreds of fits in
  // cross-validation.
  options.function_tolerance = 1e-7;
  options.parameter_tolerance = 1e-8;
  return options;
}

}  // namespace

LeastSquaresSolution minimise(const LeastSquaresProblem& problem, std::vector<double> start) {
  const int size = static_cast<int>(start.size());
  for (int i = 0; i < size; ++i)
    start[i] = std::clamp(start[i], problem.lower[i], problem.upper[i]);

  ceres::Problem search;
  search.AddParameterBlock(start.data(), size);
  for (int i = 0; i < size; ++i) {
    search.SetParameterLowerBound(start.data(), i, problem.lower[i]);
    search.SetParameterUpperBound(start.data(), i, problem.upper[i]);
  }
  for (std::size_t row = 0; row < problem.observed.size(); ++row) {
    // The search owns both functions, as Ceres's interface wants it.
    auto loss = std::make_unique<ceres::ScaledLoss>(
        std::make_unique<ceres::HuberLoss>(problem.outlier).release(), problem.weights[row],
        ceres::TAKE_OWNERSHIP);
    search.AddResidualBlock(std::make_unique<RelativeError>(problem, row).release(), loss.release(),
                            start.data());
  }
  ceres::Solver::Summary summary;
  ceres::Solve(solver_options(), &search, &summary);
  return {start, summary.final_cost,
          summary.IsSolutionUsable() && std::isfinite(summary.final_cost)};
}

}  // namespace stepconf::estimator
