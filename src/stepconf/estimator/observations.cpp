#include "stepconf/estimator/observations.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace stepconf::estimator {
namespace {

// Model errors that no number of samples removes; more samples than make the mean better than this
// add no weight.
constexpr double kModelError = 0.02;
// Below so many samples it cannot be told which one is the outlier.
// Rounding must not make five samples fewer.
constexpr double kEnoughToClip = 5 - 1e-9;

double mean(const std::vector<double>& values, const std::vector<double>& weights) {
  return std::inner_product(values.begin(), values.end(), weights.begin(), 0.0) /
         std::accumulate(weights.begin(), weights.end(), 0.0);
}

// How many samples of equal weight would tell as much (Kish, 1965).
double effective_number(const std::vector<double>& weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  const double squares = std::inner_product(weights.begin(), weights.end(), weights.begin(), 0.0);
  return sum * sum / squares;
}

// The value on either side of which lies at most half of the weight; the upper one of two.
double median(const std::vector<double>& values, const std::vector<double>& weights) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  const double half = std::accumulate(weights.begin(), weights.end(), 0.0) / 2;
  double below = 0;
  for (const std::size_t i : order) {
    below += weights[i];
    if (below > half) return values[i];
  }
  return values[order.back()];
}

// The mean with values beyond three standard deviations of the body brought back to that border, so
// that a rare stall does not move it.
double clipped_mean(const std::vector<double>& values, const std::vector<double>& weights) {
  if (effective_number(weights) < kEnoughToClip) return mean(values, weights);
  const double centre = median(values, weights);
  std::vector<double> distances;
  for (const double value : values) distances.push_back(std::abs(value - centre));
  // 1.4826 median absolute deviations are a standard deviation where the body is normal.
  const double border = 3 * 1.4826 * median(distances, weights);
  std::vector<double> clipped = values;
  for (double& value : clipped) value = std::clamp(value, centre - border, centre + border);
  return mean(clipped, weights);
}

double pooled_cv(const std::vector<MeasuredLoad>& loads) {
  double squares = 0;
  double freedom = 0;
  for (const MeasuredLoad& load : loads) {
    const double centre = std::max(load.observation.seconds, kSmallestSeconds);
    for (const double value : load.seconds)
      squares += std::pow(std::min(1.0, value / centre - 1), 2);
    freedom += static_cast<double>(load.seconds.size()) - 1;
  }
  return freedom > 0 ? std::sqrt(squares / freedom) : kModelError;
}

}  // namespace

std::vector<MeasuredLoad> measured_loads(std::span<const Sample* const> samples) {
  const bool any_warm =
      std::ranges::any_of(samples, [](const Sample* s) { return s->ok() && !s->cold; });
  std::map<InstanceLoad, MeasuredLoad> by_load;
  for (const Sample* sample : samples) {
    if (!sample->ok() || (any_warm && sample->cold)) continue;
    MeasuredLoad& measured = by_load[sample->load()];
    measured.seconds.push_back(*sample->duration_ms / 1000);
    measured.weights.push_back(sample->weight);
  }
  std::vector<MeasuredLoad> result;
  for (auto& [load, measured] : by_load) {
    measured.observation = {load, clipped_mean(measured.seconds, measured.weights), 1};
    measured.mean_seconds = mean(measured.seconds, measured.weights);
    result.push_back(std::move(measured));
  }
  const double cv = pooled_cv(result);
  for (MeasuredLoad& measured : result) {
    measured.noise = cv * cv / effective_number(measured.weights);
    measured.observation.weight =
        kModelError * kModelError / (kModelError * kModelError + measured.noise);
  }
  return result;
}

}  // namespace stepconf::estimator
