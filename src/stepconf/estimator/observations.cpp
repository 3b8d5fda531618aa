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

// How single durations scatter around the mean of their load, as a variance of relative errors: a
// part in proportion, and one of so many seconds that weighs on short loads (timers, scheduling).
class Scatter {
 public:
  explicit Scatter(std::span<const MeasuredLoad> loads) {
    for (const MeasuredLoad& load : loads) {
      const double mean = std::max(load.observation.seconds, kSmallestSeconds);
      const double freedom = static_cast<double>(load.seconds.size()) - 1;
      if (freedom < 1) continue;
      double squares = 0;
      // A stall of many times the mean counts as twice the mean.
      for (const double value : load.seconds)
        squares += std::pow(std::min(1.0, value / mean - 1), 2);
      seen_.push_back({squares / freedom, freedom, 1 / (mean * mean)});
    }
    if (seen_.empty()) return;
    pool();
    if (seen_.size() < kEnoughToSplit) return;
    const Scatter pooled = *this;
    split();
    if (likelihood() < pooled.likelihood() + kWorthASplit) *this = pooled;
  }

  double variance(double mean) const {
    return proportional_ + absolute_ / std::max(mean * mean, kSmallestSeconds * kSmallestSeconds);
  }

 private:
  struct Seen {
    double variance = 0;
    double freedom = 0;
    // 1 / mean^2, what the absolute part is multiplied by.
    double steepness = 0;
  };

  void pool() {
    double sum = 0;
    double freedom = 0;
    for (const Seen& seen : seen_) {
      sum += seen.variance * seen.freedom;
      freedom += seen.freedom;
    }
    proportional_ = sum / freedom;
  }

  // The logarithm of how likely the variances seen are, but for a constant.
  double likelihood() const {
    double sum = 0;
    for (const Seen& seen : seen_) {
      const double expected = proportional_ + absolute_ * seen.steepness;
      if (expected <= 0) continue;
      sum -= seen.freedom / 2 * (std::log(expected) + seen.variance / expected);
    }
    return sum;
  }

  // Least squares in which each load weighs as a variance of its size from so many samples is
  // known, again with what came out; parts under 0 are none.
  void split() {
    const double pooled = proportional_;
    const double least = kLeastShare * pooled;
    if (pooled <= 0) return;
    for (int round = 0; round < 5; ++round) {
      double w = 0, x = 0, xx = 0, y = 0, xy = 0;
      for (const Seen& seen : seen_) {
        const double expected = std::max(proportional_ + absolute_ * seen.steepness, least);
        const double weight = seen.freedom / (expected * expected);
        w += weight;
        x += weight * seen.steepness;
        xx += weight * seen.steepness * seen.steepness;
        y += weight * seen.variance;
        xy += weight * seen.steepness * seen.variance;
      }
      const double determinant = w * xx - x * x;
      if (!(determinant > 1e-9 * w * xx)) return;
      absolute_ = (w * xy - x * y) / determinant;
      proportional_ = (xx * y - x * xy) / determinant;
      if (absolute_ < 0) {
        absolute_ = 0;
        proportional_ = y / w;
      }
      if (proportional_ < least) {
        absolute_ = xy / xx;
        proportional_ = least;
      }
    }
  }

  // From fewer loads the two parts cannot be told apart.
  static constexpr std::size_t kEnoughToSplit = 6;
  static constexpr double kLeastShare = 0.01;
  // One parameter more has to raise the likelihood clearly: by chance it does by 3 once in 70
  // times.
  static constexpr double kWorthASplit = 3;

  std::vector<Seen> seen_;
  double proportional_ = kModelError * kModelError;
  double absolute_ = 0;
};

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
  const Scatter scatter(result);
  for (MeasuredLoad& measured : result) {
    measured.noise =
        scatter.variance(measured.observation.seconds) / effective_number(measured.weights);
    measured.observation.weight =
        kModelError * kModelError / (kModelError * kModelError + measured.noise);
  }
  return result;
}

std::vector<MeasuredLoad> thinned(std::span<const MeasuredLoad> loads, std::size_t most) {
  const std::size_t stride = loads.size() / (most + 1) + 1;
  std::vector<MeasuredLoad> result;
  // Not always the same place of each stride: neighbours differ in jobs, in a regular way.
  for (std::size_t i = 0; i * stride < loads.size(); ++i) {
    const std::size_t at = i * stride + 7 * i % stride;
    if (at < loads.size()) result.push_back(loads[at]);
  }
  return result;
}

}  // namespace stepconf::estimator
