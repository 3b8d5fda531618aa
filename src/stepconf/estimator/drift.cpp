// Two questions are asked of a function's executions: is a typical duration what the model says,
// and do as few durations lie far above it as the model says?
//
// The first is answered by a t interval around the trimmed mean of the executions' medians, as
// logarithms, so that neither a stalled instance nor a stalled execution decides. It is widened by
// what the model is known to be off by: otherwise a thousand runs would prove every model wrong.
// The second counts instances above the model's p95 and p99 and asks how likely so many are by
// chance, with as many independent instances as their clustering in executions leaves.
#include "stepconf/estimator/drift.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

#include "stepconf/estimator/observations.h"
#include "stepconf/estimator/spread.h"

namespace stepconf::estimator {
namespace {

constexpr double kConfidence = 0.95;
// Of a verdict on the speed, and of one on the tail.
constexpr double kFalseAlarm = 0.001;
// Where the factor may be further from 1 than this, "steady" would say too much.
constexpr double kSteady = 1.2;
// No model is better than this, whatever its report says.
constexpr double kLeastModelError = 0.02;
// Of the executions this share is set aside at either end.
constexpr double kTrimmed = 0.1;

// All that is asked of a model, in logarithms of seconds.
class Belief {
 public:
  explicit Belief(const FittedFunction& model) : model_(model) {}

  double median(const Sample& sample) const {
    const double mean = std::max(model_.duration.predict(sample.load()).count(), kSmallestSeconds);
    return std::log(mean) + quantile(0.5);
  }
  // Above the median.
  double beyond_median(double probability) const { return quantile(probability) - quantile(0.5); }
  // A standard deviation; the mean of a normal variable's size is sqrt(2 / pi) of it.
  double error() const {
    const FitReport& report = model_.report;
    const double mean = (report.cross_validation ? *report.cross_validation : report.error).mean;
    return std::max(kLeastModelError, mean * std::sqrt(std::acos(-1.0) / 2));
  }

 private:
  double quantile(double probability) const { return model_.residual.log_quantile(probability); }

  const FittedFunction& model_;
};

// By how much each instance of one execution exceeds the model's median, as logarithms.
using Excesses = std::vector<double>;

std::vector<Excesses> excesses_of(const Belief& belief, std::string_view function,
                                  std::span<const Session> executions) {
  std::vector<Excesses> result;
  for (const Session& execution : executions) {
    Excesses excesses;
    for (const Sample& sample : execution.samples) {
      if (sample.function != function || !sample.ok() || sample.cold) continue;
      const double seconds = std::max(*sample.duration_ms / 1000, kSmallestSeconds);
      excesses.push_back(std::log(seconds) - belief.median(sample));
    }
    if (!excesses.empty()) result.push_back(std::move(excesses));
  }
  return result;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return (values[middle - 1] + values[middle]) / 2;
}

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// A mean without the extremes, how far it can be trusted, and with how many degrees of freedom.
struct Level {
  double mean = 0;
  double error = 0;
  double freedom = 0;
};

// The trimmed mean; its error is that of the values with the extremes brought in (Tukey and
// McLaughlin, 1963). Of one value nobody knows how far it can be trusted.
Level level_of(std::vector<double> values) {
  if (values.size() == 1) return {values.front(), std::numeric_limits<double>::infinity(), 1};
  std::ranges::sort(values);
  const double n = static_cast<double>(values.size());
  const auto trimmed = static_cast<std::size_t>(kTrimmed * n);
  const std::span<const double> kept =
      std::span(values).subspan(trimmed, values.size() - 2 * trimmed);
  const double least = kept.front();
  const double most = kept.back();
  for (double& value : values) value = std::clamp(value, least, most);
  const double centre = mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - centre) * (value - centre);
  const double share_kept = static_cast<double>(kept.size()) / n;
  return {mean(std::span(values).subspan(trimmed, kept.size())),
          std::sqrt(squares / (n - 1) / n) / share_kept, static_cast<double>(kept.size()) - 1};
}

// How far the truth may be from the level, at this confidence.
double margin(const Level& level, double model_error, double confidence) {
  const double probability = (1 + confidence) / 2;
  return std::hypot(student_quantile(probability, level.freedom) * level.error,
                    normal_quantile(probability) * model_error);
}

// Instances above a border, as if they were independent.
struct Count {
  double above = 0;
  double of = 0;
};

Count count_above(std::span<const Excesses> executions, double border) {
  std::vector<double> above;
  double all = 0;
  for (const Excesses& execution : executions) {
    above.push_back(static_cast<double>(
        std::ranges::count_if(execution, [&](double excess) { return excess > border; })));
    all += static_cast<double>(execution.size());
  }
  const double n = static_cast<double>(executions.size());
  const double share = std::accumulate(above.begin(), above.end(), 0.0) / all;
  double squares = 0;
  for (std::size_t i = 0; i < executions.size(); ++i) {
    squares += std::pow(above[i] - share * static_cast<double>(executions[i].size()), 2);
  }
  // The variance of the share over what it would be among independent instances (Kish's design
  // effect): 1 where executions do not matter, all / n where an execution's instances are alike.
  const double independent = share * (1 - share) * all;
  double effect = share < 1 ? 1 : all / n;
  if (independent > 0 && n > 1) {
    effect = std::clamp(squares * n / (n - 1) / independent, 1.0, all / n);
  }
  return {share * all / effect, all / effect};
}

ShareAbove share_above(std::span<const Excesses> executions, double border) {
  const Count count = count_above(executions, border);
  return {count.above / count.of, share_interval(count.above, count.of, kConfidence)};
}

// Whether more instances lie above the model's percentile than promised, and would still do if the
// function had kept its speed: a change of speed is told as one.
bool too_many_above(std::span<const Excesses> executions, const Belief& belief, double level,
                    double probability) {
  const double border = belief.beyond_median(probability);
  return std::ranges::all_of(std::array{border, border + level}, [&](double at) {
    const Count count = count_above(executions, at);
    return chance_of_as_many(count.above, count.of, 1 - probability) < kFalseAlarm / 2;
  });
}

struct Judgement {
  Verdict verdict = Verdict::undecided;
  std::string reason;
};

Judgement judge(const FittedFunction& model, const Belief& belief,
                std::span<const Excesses> executions, const Level& level) {
  if (!model.report.reliable) {
    return {.reason = "the model that it is compared with is not reliable"};
  }
  const auto count = static_cast<int>(executions.size());
  if (count < kFewestExecutions) {
    return {.reason = fmt::format("too few runs to tell: {}, at least {} are needed", count,
                                  kFewestExecutions)};
  }
  if (std::abs(level.mean) > margin(level, belief.error(), 1 - kFalseAlarm)) {
    return {level.mean > 0 ? Verdict::slower : Verdict::faster, {}};
  }
  if (count >= kFewestForTail && (too_many_above(executions, belief, level.mean, 0.95) ||
                                  too_many_above(executions, belief, level.mean, 0.99))) {
    return {Verdict::tail_heavier, {}};
  }
  const double half = margin(level, belief.error(), kConfidence);
  if (std::abs(level.mean) + half > std::log(kSteady)) {
    return {.reason = fmt::format("too few runs to tell: anything from {:.2f} to {:.2f} times as "
                                  "long is possible",
                                  std::exp(level.mean - half), std::exp(level.mean + half))};
  }
  return {Verdict::steady, {}};
}

}  // namespace

std::string_view to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::undecided:
      return "undecided";
    case Verdict::steady:
      return "steady";
    case Verdict::slower:
      return "slower";
    case Verdict::faster:
      return "faster";
    case Verdict::tail_heavier:
      return "tail heavier";
  }
  return "";
}

Drift drift_of(const FittedFunction& model, std::string_view function,
               std::span<const Session> sessions) {
  const Belief belief(model);
  const std::vector<Excesses> executions = excesses_of(belief, function, sessions);
  Drift drift;
  if (executions.empty()) {
    drift.reason = "no run has a warm instance that succeeded";
    return drift;
  }
  std::vector<double> medians;
  for (const Excesses& execution : executions) {
    medians.push_back(median(execution));
    drift.instances += static_cast<int>(execution.size());
  }
  drift.executions = static_cast<int>(executions.size());
  const Level level = level_of(medians);
  const double half = margin(level, belief.error(), kConfidence);
  drift.factor = std::exp(level.mean);
  drift.interval = {std::exp(level.mean - half), std::exp(level.mean + half)};
  drift.above_p95 = share_above(executions, belief.beyond_median(0.95));
  drift.above_p99 = share_above(executions, belief.beyond_median(0.99));
  Judgement judgement = judge(model, belief, executions, level);
  drift.verdict = judgement.verdict;
  drift.reason = std::move(judgement.reason);
  return drift;
}

std::map<std::string, Drift> drifts_of(const Models& models, std::span<const Session> executions) {
  std::set<std::string> measured;
  for (const Session& execution : executions) {
    for (const Sample& sample : execution.samples) measured.insert(sample.function);
  }
  std::map<std::string, Drift> drifts;
  for (const std::string& function : measured) {
    const auto found = models.functions.find(function);
    if (found == models.functions.end()) continue;
    if (const auto* fitted = std::get_if<FittedFunction>(&found->second)) {
      drifts.emplace(function, drift_of(*fitted, function, executions));
    }
  }
  return drifts;
}

}  // namespace stepconf::estimator
