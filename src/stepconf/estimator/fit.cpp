#include "stepconf/estimator/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <utility>
#include <vector>

#include "stepconf/estimator/advice.h"
#include "stepconf/estimator/choose_form.h"
#include "stepconf/estimator/fit_duration.h"
#include "stepconf/estimator/fit_spread.h"
#include "stepconf/estimator/observations.h"

namespace stepconf::estimator {
namespace {

// Beyond this mean error a plan made with the model says little.
constexpr double kMostError = 0.25;

// Empty where the loads can be modelled.
std::string why_hopeless(std::span<const MeasuredLoad> loads) {
  if (loads.size() == 1) {
    const InstanceLoad& load = loads.front().observation.load;
    return fmt::format(
        "one configuration only ({} MB, processes {}, jobs {}): how memory, processes and jobs act "
        "cannot be told; "
        "measure at least two other memory sizes",
        load.memory.value, load.processes, load.jobs);
  }
  const double first = loads.front().seconds.front();
  const bool all_equal = std::ranges::all_of(loads, [&](const MeasuredLoad& load) {
    return std::ranges::all_of(load.seconds, [&](double seconds) { return seconds == first; });
  });
  if (!all_equal) return {};
  return fmt::format(
      "all durations are equal ({} ms in every configuration): check how they were measured",
      first * 1000);
}

FittedFunction without_durations(const std::string& reason) {
  FittedFunction result{DurationModel(constant_form(), {0, 0})};
  result.report.reliable = false;
  result.report.reason = reason;
  return result;
}

// What the mean of so noisy measurements shows of a perfect prediction: the mean distance of a
// normal variable from 0 is 0.8 of its standard deviation.
double noise_floor(std::span<const MeasuredLoad> loads) {
  double sum = 0;
  for (const MeasuredLoad& load : loads) sum += std::sqrt(2 / std::numbers::pi * load.noise);
  return sum / static_cast<double>(loads.size());
}

FittedFunction fit_durations(std::span<const Sample* const> rows, const std::string& form) {
  const std::vector<MeasuredLoad> loads = measured_loads(rows);
  if (loads.empty())
    return without_durations("no row has the status ok: nothing is known about its duration");
  std::string reason = why_hopeless(loads);
  std::optional<ChosenForm> chosen;
  if (reason.empty()) {
    chosen = choose_form(form, loads);
    if (!chosen) {
      reason = fmt::format(
          "the form {} cannot be determined from {} configurations: measure more memory sizes, on "
          "both sides of {} MB",
          form, loads.size(), kMemoryOfOneVcpu.value);
    }
  }
  if (!chosen) chosen = choose_form(constant_form().name(), loads);
  if (!chosen) return without_durations("the durations could not be fitted");
  FittedFunction result{chosen->model};
  result.spread = learn_spread(chosen->model, loads);
  result.residual = learn_residual(chosen->model, loads);
  result.model_error = learn_model_error(chosen->errors, chosen->left_out);
  result.cold = learn_cold_start(rows, chosen->model);
  FitReport& report = result.report;
  report.error = summary(chosen->errors, loads);
  if (chosen->left_out) report.cross_validation = summary(*chosen->left_out, loads);
  report.chosen_because = chosen->because;
  report.noise_floor = noise_floor(loads);
  report.configurations = static_cast<int>(loads.size());
  for (const MeasuredLoad& load : loads) report.samples += static_cast<int>(load.seconds.size());
  const double error = (report.cross_validation ? *report.cross_validation : report.error).mean;
  if (reason.empty() && error > kMostError) {
    reason = fmt::format(
        "the mean error is {:.0f} %, more than {:.0f} %: no form describes this function",
        error * 100, kMostError * 100);
  }
  report.reliable = reason.empty();
  report.reason = reason;
  report.advice = advice(result, loads);
  return result;
}

}  // namespace

Models fit(std::span<const Sample> samples, const FitOptions& options) {
  require_known_form(options.form);
  std::map<std::string, std::vector<Sample>> by_function;
  for (const Sample& sample : samples) by_function[sample.function].push_back(sample);
  const auto delays = fit_mapping_delays(samples);
  Models models;
  for (const auto& [function, rows] : by_function) {
    std::vector<const Sample*> pointers;
    for (const Sample& row : rows) pointers.push_back(&row);
    FittedFunction fitted = fit_durations(pointers, options.form);
    fitted.dispatch = delays.at(function);
    fitted.memory = learn_memory_need(rows);
    models.functions.emplace(function, std::move(fitted));
  }
  return models;
}

}  // namespace stepconf::estimator
