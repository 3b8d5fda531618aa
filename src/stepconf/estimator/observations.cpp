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
constexpr std::size_t kEnoughToClip = 5;

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// The mean with values beyond three standard deviations of the body brought back to that border, so
// that a rare stall does not move it.
double clipped_mean(const std::vector<double>& values) {
  if (values.size() < kEnoughToClip) return mean(values);
  const double centre = median(values);
  std::vector<double> distances;
  for (const double value : values) distances.push_back(std::abs(value - centre));
  // 1.4826 median absolute deviations are a standard deviation where the body is normal.
  const double border = 3 * 1.4826 * median(distances);
  std::vector<double> clipped = values;
  for (double& value : clipped) value = std::clamp(value, centre - border, centre + border);
  return mean(clipped);
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
  std::map<InstanceLoad, std::vector<double>> by_load;
  for (const Sample* sample : samples) {
    if (!sample->ok() || (any_warm && sample->cold)) continue;
    InstanceLoad load = sample->load();
    load.instances = sample->instances;
    by_load[load].push_back(*sample->duration_ms / 1000);
  }
  std::vector<MeasuredLoad> result;
  for (auto& [load, seconds] : by_load) {
    MeasuredLoad measured;
    measured.observation = {load, clipped_mean(seconds), 1};
    measured.mean_seconds = mean(seconds);
    measured.seconds = std::move(seconds);
    result.push_back(std::move(measured));
  }
  const double cv = pooled_cv(result);
  for (MeasuredLoad& measured : result) {
    measured.noise = cv * cv / static_cast<double>(measured.seconds.size());
    measured.observation.weight =
        kModelError * kModelError / (kModelError * kModelError + measured.noise);
  }
  return result;
}

}  // namespace stepconf::estimator
