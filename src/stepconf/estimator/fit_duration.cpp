#include "stepconf/estimator/fit_duration.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "stepconf/estimator/least_squares.h"

namespace stepconf::estimator {
namespace {

// Kriging is cubic in the loads: with more of them than this no correction is looked for.
constexpr std::size_t kMostAnchors = 300;

LeastSquaresProblem problem_of(const DurationForm& form, std::span<const MeasuredLoad> loads,
                               const std::vector<bool>& free) {
  LeastSquaresProblem problem;
  problem.predict = [&form, loads](std::span<const double> parameters, std::size_t row) {
    return form.seconds(parameters, loads[row].observation.load);
  };
  for (const MeasuredLoad& load : loads) {
    problem.observed.push_back(std::max(load.observation.seconds, kSmallestSeconds));
    problem.weights.push_back(load.observation.weight);
  }
  for (const ParameterInfo& parameter : form.parameters()) {
    problem.lower.push_back(parameter.lower);
    problem.upper.push_back(parameter.upper);
  }
  for (const bool is_free : free) problem.held.push_back(!is_free);
  return problem;
}

std::vector<Observation> observations_of(std::span<const MeasuredLoad> loads) {
  std::vector<Observation> result;
  for (const MeasuredLoad& load : loads) result.push_back(load.observation);
  return result;
}

// The model's form fitted again to fewer loads, with a correction of the same reach.
std::optional<DurationModel> refit(const DurationModel& model,
                                   std::span<const MeasuredLoad> loads) {
  auto trend = fit_form(model.form(), loads, &model);
  if (!trend || !model.correction()) return trend;
  Correction correction = learn_correction(
      log_errors(*trend, loads), model.correction()->similarity, model.correction()->amplitude);
  const auto parameters = trend->parameters();
  return DurationModel(model.form(), {parameters.begin(), parameters.end()}, std::move(correction));
}

LogError log_error(const DurationModel& model, const MeasuredLoad& load) {
  const double measured = std::max(load.observation.seconds, kSmallestSeconds);
  const double predicted = std::max(model.predict(load.observation.load).count(), kSmallestSeconds);
  return {load.observation.load, std::log(measured / predicted), load.noise + kLeastNoise};
}

}  // namespace

std::optional<DurationModel> fit_form(const DurationForm& form, std::span<const MeasuredLoad> loads,
                                      const DurationModel* near) {
  const std::vector<Observation> observations = observations_of(loads);
  const std::vector<bool> free = form.identifiable(observations);
  if (free.empty()) return std::nullopt;
  const LeastSquaresProblem problem = problem_of(form, loads, free);
  std::vector<std::vector<double>> starts;
  if (near) {
    starts.emplace_back(near->parameters().begin(), near->parameters().end());
  } else {
    starts = form.starts(observations);
  }
  std::optional<LeastSquaresSolution> best;
  for (std::vector<double>& start : starts) {
    for (std::size_t i = 0; i < start.size(); ++i) {
      if (!free[i]) start[i] = form.parameters()[i].otherwise;
    }
    LeastSquaresSolution solution = minimise(problem, std::move(start));
    if (solution.usable && (!best || solution.cost < best->cost)) best = std::move(solution);
  }
  if (!best) return std::nullopt;
  return DurationModel(form, std::move(best->parameters));
}

std::optional<DurationModel> interpolate(const DurationModel& trend,
                                         std::span<const MeasuredLoad> loads) {
  if (loads.size() > kMostAnchors) return std::nullopt;
  auto correction = learn_correction(log_errors(trend, loads));
  if (!correction) return std::nullopt;
  const auto parameters = trend.parameters();
  return DurationModel(trend.form(), {parameters.begin(), parameters.end()}, std::move(correction));
}

std::vector<LogError> log_errors(const DurationModel& model, std::span<const MeasuredLoad> loads) {
  std::vector<LogError> errors;
  for (const MeasuredLoad& load : loads) errors.push_back(log_error(model, load));
  return errors;
}

std::optional<std::vector<LogError>> left_out_errors(const DurationModel& model,
                                                     std::span<const MeasuredLoad> loads) {
  // The work is folds x loads; this bounds it, and leaves out one load at a time up to 100 of them.
  const std::size_t folds = std::min(loads.size(), std::max<std::size_t>(8, 10'000 / loads.size()));
  std::vector<LogError> errors(loads.size());
  for (std::size_t fold = 0; fold < folds; ++fold) {
    std::vector<MeasuredLoad> rest;
    for (std::size_t i = 0; i < loads.size(); ++i) {
      if (i % folds != fold) rest.push_back(loads[i]);
    }
    if (rest.empty()) return std::nullopt;
    const auto refitted = refit(model, rest);
    if (!refitted) return std::nullopt;
    for (std::size_t i = fold; i < loads.size(); i += folds)
      errors[i] = log_error(*refitted, loads[i]);
  }
  return errors;
}

ErrorSummary summary(std::span<const LogError> errors, std::span<const MeasuredLoad> loads) {
  ErrorSummary result;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    const double aimed_at = std::max(loads[i].observation.seconds, kSmallestSeconds);
    const double mean = std::max(loads[i].mean_seconds, kSmallestSeconds);
    const double error = std::abs(aimed_at / std::exp(errors[i].value) / mean - 1);
    result.mean += error / static_cast<double>(errors.size());
    result.max = std::max(result.max, error);
  }
  return result;
}

}  // namespace stepconf::estimator
