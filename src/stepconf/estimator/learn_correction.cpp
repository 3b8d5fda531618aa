#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <array>
#include <utility>

#include "stepconf/estimator/correction.h"

namespace stepconf::estimator {
namespace {

// Real memory curves have steps of their own kind at single sizes (a shorter reach), or a slow bend
// that the form lacks (a longer one). Chosen on published measurements, see docs/model.md.
constexpr auto kReaches = std::to_array<Similarity>({{.memory = 0.4}, {.memory = 1.5}});
constexpr auto kAmplitudes = std::to_array<double>({0.02, 0.05, 0.1, 0.2, 0.4});
// The likelihood has to rise by this much in its logarithm for a correction to be taken at all.
constexpr double kWorthACorrection = 1;

Eigen::MatrixXd covariance(std::span<const LogError> errors, const Similarity& similarity,
                           double amplitude) {
  const auto size = static_cast<Eigen::Index>(errors.size());
  Eigen::MatrixXd result(size, size);
  for (Eigen::Index i = 0; i < size; ++i) {
    const LogError& a = errors[static_cast<std::size_t>(i)];
    for (Eigen::Index j = 0; j < i; ++j) {
      const LogError& b = errors[static_cast<std::size_t>(j)];
      result(i, j) = result(j, i) = amplitude * amplitude * similarity(a.load, b.load);
    }
    result(i, i) = amplitude * amplitude + a.noise;
  }
  return result;
}

struct Solution {
  Eigen::VectorXd weights;
  /// Logarithm of the marginal likelihood, but for a constant.
  double likelihood = 0;
};

Solution solve(std::span<const LogError> errors, const Similarity& similarity, double amplitude) {
  Eigen::VectorXd values(static_cast<Eigen::Index>(errors.size()));
  for (std::size_t i = 0; i < errors.size(); ++i)
    values(static_cast<Eigen::Index>(i)) = errors[i].value;
  const Eigen::LLT<Eigen::MatrixXd> factors(covariance(errors, similarity, amplitude));
  Solution result;
  result.weights = factors.solve(values);
  result.likelihood = -0.5 * values.dot(result.weights) -
                      Eigen::MatrixXd(factors.matrixL()).diagonal().array().log().sum();
  return result;
}

}  // namespace

Correction learn_correction(std::span<const LogError> errors, const Similarity& similarity,
                            double amplitude) {
  const Solution solution = solve(errors, similarity, amplitude);
  Correction result{similarity, amplitude, {}};
  for (std::size_t i = 0; i < errors.size(); ++i) {
    result.anchors.push_back(
        {errors[i].load, amplitude * amplitude * solution.weights(static_cast<Eigen::Index>(i))});
  }
  return result;
}

std::optional<Correction> learn_correction(std::span<const LogError> errors) {
  if (errors.empty()) return std::nullopt;
  double best = solve(errors, {}, 0).likelihood + kWorthACorrection;
  std::optional<std::pair<Similarity, double>> chosen;
  for (const Similarity& similarity : kReaches) {
    for (const double amplitude : kAmplitudes) {
      const double likelihood = solve(errors, similarity, amplitude).likelihood;
      if (likelihood <= best) continue;
      best = likelihood;
      chosen = {similarity, amplitude};
    }
  }
  if (!chosen) return std::nullopt;
  return learn_correction(errors, chosen->first, chosen->second);
}

}  // namespace stepconf::estimator
