#include "stepconf/estimator/fit_spread.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace stepconf::estimator {
namespace {

// A tenth of these lie beyond the body and have to tell two parameters of the tail.
constexpr std::size_t kEnoughForBody = 80;
// The tail's shape is drawn towards that of Student's t with five degrees of freedom, as if so many
// samples had told it: from a few dozen, moments tell it badly.
constexpr double kUsualShape = 0.2;
constexpr double kShapeSamples = 25;
constexpr double kMostShape = 0.5;
// What counts as an outlier, see SpreadParameters.
constexpr double kOutlierDeviations = 4;
constexpr double kLeastOutlier = 0.1;
constexpr double kMostLogVariance = 10;
constexpr std::size_t kMostLoadsKept = 200;

struct Residuals {
  // Logarithms of duration over mean, ascending.
  std::vector<double> logs;
  // Their number less the means that were estimated from them.
  double freedom = 0;
};

double log_ratio(double seconds, double expected) {
  return std::log(std::max(seconds, kSmallestSeconds) / std::max(expected, kSmallestSeconds));
}

Residuals around_means(std::span<const MeasuredLoad> loads) {
  Residuals result;
  for (const MeasuredLoad& load : loads) {
    const auto count = static_cast<double>(load.seconds.size());
    if (count < 2) continue;
    // Distances from a mean of few are too short.
    const double stretch = std::sqrt(count / (count - 1));
    for (const double seconds : load.seconds)
      result.logs.push_back(stretch * log_ratio(seconds, load.observation.seconds));
    result.freedom += count - 1;
  }
  std::ranges::sort(result.logs);
  return result;
}

Residuals around_predictions(const DurationModel& model, std::span<const MeasuredLoad> loads) {
  Residuals result;
  for (const MeasuredLoad& load : loads) {
    const double expected = model.predict(load.observation.load).count();
    for (const double seconds : load.seconds) result.logs.push_back(log_ratio(seconds, expected));
  }
  const auto count = static_cast<double>(result.logs.size());
  result.freedom = std::max(1.0, count - static_cast<double>(model.parameters().size()));
  // The model was bent towards them.
  for (double& value : result.logs) value *= std::sqrt(count / result.freedom);
  std::ranges::sort(result.logs);
  return result;
}

// Of ascending values, with the k-th of n at probability (k - 1/2) / n.
double quantile(const std::vector<double>& values, double probability) {
  const double place = std::clamp(probability * static_cast<double>(values.size()) - 0.5, 0.0,
                                  static_cast<double>(values.size() - 1));
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return std::lerp(values[below], values[above], place - static_cast<double>(below));
}

double cv_of(const Residuals& residuals) {
  double squares = 0;
  for (const double value : residuals.logs) squares += value * value;
  const double variance = squares / std::max(1.0, static_cast<double>(residuals.logs.size()));
  // The CV of a lognormal whose logarithm has this variance.
  return std::sqrt(std::expm1(std::min(variance, kMostLogVariance)));
}

// Probability-weighted moments (Hosking and Wallis, 1987).
void fit_tail(const std::vector<double>& logs, SpreadParameters& spread) {
  const auto first = std::ranges::upper_bound(logs, spread.body.back());
  const double border = std::exp(spread.body.back());
  const auto count = static_cast<double>(std::distance(first, logs.end()));
  if (count < 2) return;
  double mean = 0;
  double weighted = 0;
  double rank = 0;
  for (auto value = first; value != logs.end(); ++value, ++rank) {
    const double excess = std::exp(*value) - border;
    mean += excess / count;
    weighted += (count - 1 - rank) / (count - 1) * excess / count;
  }
  if (mean <= 0) return;
  const double denominator = mean - 2 * weighted;
  const double seen = denominator > 0 ? 2 - mean / denominator : kMostShape;
  const double shape = (count * seen + kShapeSamples * kUsualShape) / (count + kShapeSamples);
  spread.tail_shape = std::clamp(shape, 0.0, kMostShape);
  spread.tail_scale = mean * (1 - spread.tail_shape);
}

Share outliers_of(const std::vector<double>& logs) {
  const double centre = quantile(logs, 0.5);
  // Three quarters of a normal distribution's width between its quartiles is a standard deviation.
  const double deviation = (quantile(logs, 0.75) - quantile(logs, 0.25)) / 1.349;
  const double border =
      centre + std::max(kOutlierDeviations * deviation, std::log1p(kLeastOutlier));
  const auto count = std::ranges::count_if(logs, [&](double value) { return value > border; });
  const auto outliers = static_cast<double>(count);
  const auto all = static_cast<double>(logs.size());
  return {outliers / all, share_interval(outliers, all, 0.95)};
}

double beyond_noise(std::span<const LogError> errors) {
  double squares = 0;
  for (const LogError& error : errors) squares += error.value * error.value - error.noise;
  return errors.empty() ? 0
                        : std::sqrt(std::max(0.0, squares / static_cast<double>(errors.size())));
}

Spread spread_of(const Residuals& residuals) {
  SpreadParameters spread;
  if (residuals.logs.empty()) return Spread(spread);
  spread.cv = cv_of(residuals);
  spread.freedom = residuals.freedom;
  spread.outliers = outliers_of(residuals.logs);
  if (residuals.logs.size() >= kEnoughForBody && spread.cv > 0) {
    for (const double probability : kBodyProbabilities)
      spread.body.push_back(quantile(residuals.logs, probability));
    fit_tail(residuals.logs, spread);
  }
  return Spread(std::move(spread));
}

}  // namespace

Spread learn_spread(const DurationModel& model, std::span<const MeasuredLoad> loads) {
  const Residuals residuals = around_means(loads);
  const auto parameters = static_cast<double>(model.parameters().size());
  return residuals.freedom < parameters ? learn_residual(model, loads) : spread_of(residuals);
}

Spread learn_residual(const DurationModel& model, std::span<const MeasuredLoad> loads) {
  return spread_of(around_predictions(model, loads));
}

ModelError learn_model_error(std::span<const LogError> errors,
                             const std::optional<std::vector<LogError>>& left_out) {
  ModelError result;
  result.measured = beyond_noise(errors);
  const auto count = static_cast<double>(errors.size());
  // A deviation told by few errors is uncertain itself: Student's t has this variance.
  const double few = count > 2 ? std::sqrt(count / (count - 2)) : 1;
  result.elsewhere =
      std::max(result.measured, left_out ? few * beyond_noise(*left_out) : result.measured);
  // Of thousands some are near enough to every other.
  const std::size_t stride = errors.size() / kMostLoadsKept + 1;
  for (std::size_t i = 0; i < errors.size(); i += stride) result.loads.push_back(errors[i].load);
  return result;
}

}  // namespace stepconf::estimator
