#include "stepconf/estimator/spread.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <mutex>
#include <numbers>
#include <utility>

namespace stepconf::estimator {
namespace {

constexpr double kLastBody = *std::rbegin(kBodyProbabilities);
// Up to how many instances means are kept: a million.
constexpr int kDoublings = 20;
// Points of the integral over the largest of several; ten times as many change it by under 1 %.
constexpr int kPoints = 100;

using Points = std::array<std::array<double, kPoints>, kDoublings + 1>;

// The probabilities at which one of 1, 2, 4, ... instances is integrated over: each at v^(1/n), so
// doubling n takes the square root.
Points integration_points() {
  Points points{};
  for (int i = 0; i < kPoints; ++i) {
    double probability = (i + 0.5) / kPoints;
    for (auto& of_so_many : points) {
      of_so_many[i] = probability;
      probability = std::sqrt(probability);
    }
  }
  return points;
}

// The standard normal distribution's quantiles there: the same for all spreads, and half a
// millisecond's work.
const Points& normal_points() {
  static const Points quantiles = [] {
    Points points = integration_points();
    for (auto& of_so_many : points)
      std::ranges::transform(of_so_many, of_so_many.begin(), normal_quantile);
    return points;
  }();
  return quantiles;
}

}  // namespace

double normal_quantile(double probability) {
  if (probability > 0.5) return -normal_quantile(1 - probability);
  // Newton's method on the logarithm of the distribution function, which is concave, so that it
  // converges from everywhere: a handful of steps, and no table of constants to trust.
  const double wanted = std::log(std::max(probability, 1e-300));
  double x = -std::sqrt(-2 * wanted);
  for (int i = 0; i < 20; ++i) {
    const double below = std::erfc(-x / std::numbers::sqrt2) / 2;
    const double density = std::exp(-x * x / 2) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
    const double step = (wanted - std::log(below)) * below / density;
    x += step;
    if (std::abs(step) < 1e-14) break;
  }
  return x;
}

double lognormal_quantile(double cv, double probability, int instances) {
  if (cv <= 0) return 1;
  const double variance = std::log1p(cv * cv);
  const double each = std::pow(probability, 1.0 / instances);
  return std::exp(std::sqrt(variance) * normal_quantile(each) - variance / 2);
}

// mean_of_largest for 1, 2, 4, ... instances.
struct Spread::Means {
  std::once_flag made;
  std::vector<double> values;
};

Spread::Spread(SpreadParameters parameters)
    : parameters_(std::move(parameters)),
      variance_(std::log1p(parameters_.cv * parameters_.cv)),
      means_(std::make_shared<Means>()) {
  constexpr double kLeastScale = 1e-6;
  tail_scale_ =
      std::max(kLeastScale, parameters_.body.empty()
                                ? (log_quantile(0.99) - log_quantile(0.9)) / std::numbers::ln10
                                : parameters_.tail_scale);
}

std::vector<double> Spread::means() const {
  if (parameters_.body.empty() && parameters_.cv <= 0)
    return std::vector<double>(kDoublings + 1, 1);
  std::vector<double> means;
  const bool lognormal = parameters_.body.empty();
  const Points points = lognormal ? normal_points() : integration_points();
  double one = 0;
  for (const auto& of_so_many : points) {
    double sum = 0;
    for (const double point : of_so_many)
      sum += lognormal ? std::exp(log_factor(point)) : quantile(point);
    if (means.empty()) one = sum;
    means.push_back(sum / one);
  }
  return means;
}

// Of the factor, not of its logarithm: the tail is given in factors.
double Spread::quantile(double probability) const {
  if (parameters_.body.empty() || probability <= kLastBody)
    return std::exp(log_quantile(probability));
  const double beyond = std::log((1 - kLastBody) / (1 - probability));
  const double shape = parameters_.tail_shape;
  return std::exp(parameters_.body.back()) +
         parameters_.tail_scale * (shape > 0 ? std::expm1(shape * beyond) / shape : beyond);
}

double Spread::log_factor(double z) const {
  // The CV itself is an estimate: Student's t in place of the normal (Cornish and Fisher's first
  // term).
  if (parameters_.freedom > 0) z += (z * z * z + z) / (4 * std::max(2.0, parameters_.freedom));
  return std::sqrt(variance_) * z - variance_ / 2;
}

double Spread::log_quantile(double probability) const {
  const std::vector<double>& body = parameters_.body;
  if (body.empty()) return parameters_.cv <= 0 ? 0 : log_factor(normal_quantile(probability));
  if (probability > kLastBody) return std::log(quantile(probability));
  const auto* after = std::ranges::lower_bound(kBodyProbabilities, probability);
  if (after == std::begin(kBodyProbabilities)) return body.front();
  const auto i = static_cast<std::size_t>(after - std::begin(kBodyProbabilities));
  const double share = (probability - after[-1]) / (after[0] - after[-1]);
  return std::lerp(body[i - 1], body[i], share);
}

double Spread::log_quantile_of_largest(double probability, double instances) const {
  return log_quantile(std::pow(probability, 1 / instances));
}

double Spread::mean_of_largest(double instances) const {
  std::call_once(means_->made, [this] { means_->values = means(); });
  const std::vector<double>& means = means_->values;
  const double place = std::clamp(std::log2(instances), 0.0, static_cast<double>(kDoublings));
  const auto i = std::min(static_cast<std::size_t>(place), means.size() - 2);
  return std::lerp(means[i], means[i + 1], place - static_cast<double>(i));
}

}  // namespace stepconf::estimator
