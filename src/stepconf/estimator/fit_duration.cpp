#include "stepconf/estimator/fit_duration.h"

#include <algorithm>
#include <cmath>

#include "stepconf/estimator/least_squares.h"

namespace stepconf::estimator {
namespace {

double relative_error(const DurationModel& model, const MeasuredLoad& load) {
  const double actual = std::max(load.mean_seconds, kSmallestSeconds);
  return std::abs(model.predict(load.observation.load).count() - load.mean_seconds) / actual;
}

ErrorSummary summary(const std::vector<double>& errors) {
  ErrorSummary result;
  for (const double error : errors) {
    result.mean += error / static_cast<double>(errors.size());
    result.max = std::max(result.max, error);
  }
  return result;
}

LeastSquaresProblem problem_of(const DurationForm& form, std::span<const Observation> observations,
                               const std::vector<bool>& free) {
  LeastSquaresProblem problem;
  problem.predict = [&form, observations](std::span<const double> parameters, std::size_t row) {
    return form.seconds(parameters, observations[row].load);
  };
  for (const Observation& o : observations) {
    problem.observed.push_back(std::max(o.seconds, kSmallestSeconds));
    problem.weights.push_back(o.weight);
  }
  for (const ParameterInfo& parameter : form.parameters()) {
    problem.lower.push_back(parameter.lower);
    problem.upper.push_back(parameter.upper);
  }
  for (const bool is_free : free) problem.held.push_back(!is_free);
  return problem;
}

}  // namespace

std::optional<DurationModel> fit_form(const DurationForm& form,
                                      std::span<const Observation> observations,
                                      const DurationModel* near) {
  const std::vector<bool> free = form.identifiable(observations);
  if (free.empty()) return std::nullopt;
  const LeastSquaresProblem problem = problem_of(form, observations, free);
  std::vector<std::vector<double>> starts;
  if (near) {
    starts.emplace_back(near->parameters().begin(), near->parameters().end());
  } else {
    starts = form.starts(observations);
  }
  std::optional<LeastSquaresSolution> best;
  for (std::vector<double>& start : starts) {
    for (std::size_t i = 0; i < start.size(); ++i) {
      if (!free[i]) start[i] = 0;
    }
    LeastSquaresSolution solution = minimise(problem, std::move(start));
    if (solution.usable && (!best || solution.cost < best->cost)) best = std::move(solution);
  }
  if (!best) return std::nullopt;
  return DurationModel(form, std::move(best->parameters));
}

ErrorSummary errors_of(const DurationModel& model, std::span<const MeasuredLoad> loads) {
  std::vector<double> errors;
  for (const MeasuredLoad& load : loads) errors.push_back(relative_error(model, load));
  return summary(errors);
}

std::optional<ErrorSummary> cross_validate(const DurationModel& model,
                                           std::span<const MeasuredLoad> loads) {
  // The work is folds x loads; this bounds it, and leaves out one load at a time up to 100 of them.
  const std::size_t folds = std::min(loads.size(), std::max<std::size_t>(8, 10'000 / loads.size()));
  std::vector<double> errors;
  for (std::size_t fold = 0; fold < folds; ++fold) {
    std::vector<Observation> rest;
    for (std::size_t i = 0; i < loads.size(); ++i) {
      if (i % folds != fold) rest.push_back(loads[i].observation);
    }
    if (rest.empty()) return std::nullopt;
    const auto refitted = fit_form(model.form(), rest, &model);
    if (!refitted) return std::nullopt;
    for (std::size_t i = fold; i < loads.size(); i += folds)
      errors.push_back(relative_error(*refitted, loads[i]));
  }
  return summary(errors);
}

}  // namespace stepconf::estimator
