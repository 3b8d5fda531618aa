#include "stepconf/estimator/uncertainty.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace stepconf::estimator {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

// A parameter may be off by as much as it is worth, one that came out as 0 by this share of the
// shortest duration.
constexpr double kUnseen = 0.05;
// Forward differences over this share of a parameter's range.
constexpr double kStep = 1e-3;

MatrixXd kernel(std::span<const InstanceLoad> a, std::span<const InstanceLoad> b,
                const UncertaintyOptions& options) {
  MatrixXd result(static_cast<Index>(a.size()), static_cast<Index>(b.size()));
  for (Index i = 0; i < result.rows(); ++i) {
    for (Index j = 0; j < result.cols(); ++j) {
      result(i, j) =
          options.amplitude * options.amplitude *
          options.similarity(a[static_cast<std::size_t>(i)], b[static_cast<std::size_t>(j)]);
    }
  }
  return result;
}

// How the logarithm of a prediction moves with each free parameter, in units of what the parameter
// may be off by: a row a load.
class Trend {
 public:
  Trend(const DurationModel& model, std::span<const MeasuredLoad> loads) : model_(model) {
    std::vector<Observation> observations;
    double shortest = std::numeric_limits<double>::max();
    for (const MeasuredLoad& load : loads) {
      observations.push_back(load.observation);
      shortest = std::min(shortest, load.observation.seconds);
    }
    const std::vector<bool> free = model.form().identifiable(observations);
    for (std::size_t i = 0; i < free.size(); ++i) {
      if (!free[i]) continue;
      const double range = std::max(std::abs(model.parameters()[i]), kUnseen * shortest);
      free_.emplace_back(i, range);
    }
  }

  MatrixXd at(std::span<const InstanceLoad> loads) const {
    MatrixXd result(static_cast<Index>(loads.size()), static_cast<Index>(free_.size()));
    for (Index row = 0; row < result.rows(); ++row) {
      const InstanceLoad& load = loads[static_cast<std::size_t>(row)];
      const double here = seconds(model_.parameters(), load);
      for (Index column = 0; column < result.cols(); ++column) {
        const auto [index, range] = free_[static_cast<std::size_t>(column)];
        std::vector<double> moved(model_.parameters().begin(), model_.parameters().end());
        moved[index] += kStep * range;
        result(row, column) = std::log(seconds(moved, load) / here) / kStep;
      }
    }
    return result;
  }

 private:
  double seconds(std::span<const double> parameters, const InstanceLoad& load) const {
    return std::max(model_.form().seconds(parameters, load), kSmallestSeconds);
  }

  const DurationModel& model_;
  // Index and range.
  std::vector<std::pair<std::size_t, double>> free_;
};

}  // namespace

double form_amplitude(double elsewhere) { return std::clamp(elsewhere, 0.03, 0.5); }

Covariance::Covariance(std::size_t size, std::vector<double> values)
    : size_(size), values_(std::move(values)) {}

Covariance uncertainty(const DurationModel& model, std::span<const MeasuredLoad> loads,
                       std::span<const InstanceLoad> points, const UncertaintyOptions& options) {
  std::vector<InstanceLoad> measured;
  for (const MeasuredLoad& load : loads) measured.push_back(load.observation.load);
  MatrixXd known = kernel(measured, measured, options);
  for (std::size_t i = 0; i < loads.size(); ++i)
    known(static_cast<Index>(i), static_cast<Index>(i)) += loads[i].noise + kLeastNoise;
  const Eigen::LLT<MatrixXd> factors(known);

  const Trend trend(model, loads);
  const MatrixXd trend_measured = trend.at(measured);
  const MatrixXd cross = kernel(measured, points, options);
  const MatrixXd solved = factors.solve(cross);
  // What the parameters may still be off by, given the measurements; before them, by 1.
  MatrixXd information = trend_measured.transpose() * factors.solve(trend_measured);
  information.diagonal().array() += 1;
  const MatrixXd rest = trend.at(points).transpose() - trend_measured.transpose() * solved;

  const MatrixXd result = kernel(points, points, options) - cross.transpose() * solved +
                          rest.transpose() * information.llt().solve(rest);
  std::vector<double> values(result.data(), result.data() + result.size());
  return Covariance(points.size(), std::move(values));
}

}  // namespace stepconf::estimator
