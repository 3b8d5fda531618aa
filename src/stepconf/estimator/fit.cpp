#include "stepconf/estimator/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <utility>
#include <vector>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"
#include "stepconf/estimator/fit_duration.h"
#include "stepconf/estimator/fit_spread.h"
#include "stepconf/estimator/observations.h"

namespace stepconf::estimator {
namespace {

constexpr std::string_view kAuto = "auto";
constexpr std::string_view kEquation1 = "equation1";
// A form with more parameters has to be better by this much to be preferred to a simpler one.
constexpr double kWorthAForm = 0.95;
constexpr double kIndifferent = 0.001;
// Beyond this mean error a plan made with the model says little.
constexpr double kMostError = 0.25;

struct Candidate {
  DurationModel model;
  std::vector<LogError> log_errors;
  std::optional<std::vector<LogError>> left_out;
  ErrorSummary error;
  std::optional<ErrorSummary> cross_validation;
};

Candidate judged(DurationModel model, std::span<const MeasuredLoad> loads) {
  auto errors = log_errors(model, loads);
  auto left_out = left_out_errors(model, loads);
  const ErrorSummary error = summary(errors, loads);
  std::optional<ErrorSummary> cross_validation;
  if (left_out) cross_validation = summary(*left_out, loads);
  return {std::move(model), std::move(errors), std::move(left_out), error, cross_validation};
}

// Cross-validation is the judge where both have been through it; a form that too few configurations
// could judge loses to one that was.
bool better(const Candidate& other, const Candidate& best) {
  if (other.cross_validation.has_value() != best.cross_validation.has_value()) {
    return other.cross_validation.has_value();
  }
  const double a = other.cross_validation ? other.cross_validation->mean : other.error.mean;
  const double b = best.cross_validation ? best.cross_validation->mean : best.error.mean;
  // What is as good elsewhere and corrected is better at what was measured.
  const bool corrects = other.model.correction() && !best.model.correction();
  return corrects ? kWorthAForm * a < b : a < kWorthAForm * b - kIndifferent;
}

std::string full_name(const DurationModel& model) {
  return fmt::format("{}{}", model.correction() ? "corrected " : "", model.form().name());
}

// The forms that were tried, and which of them is taken.
class Choice {
 public:
  explicit Choice(std::span<const MeasuredLoad> loads) : loads_(loads) {}

  void try_form(const DurationForm& form) {
    if (auto model = fit_form(form, loads_)) {
      fitted_.push_back(*model);
      add(judged(std::move(*model), loads_));
    }
  }

  // Corrects each of those tried so far.
  void try_interpolations() {
    for (const DurationModel& trend : std::vector<DurationModel>(fitted_)) {
      if (auto model = interpolate(trend, loads_)) add(judged(std::move(*model), loads_));
    }
  }

  const std::optional<Candidate>& best() const { return best_; }

  std::string reason() const {
    if (tried_.size() == 1) return "the only form that was tried";
    std::string others;
    for (const auto& [name, error] : tried_) {
      if (name == full_name(best_->model)) continue;
      others += fmt::format("{}{} {}", others.empty() ? "" : ", ", name, error);
    }
    const bool validated = best_->cross_validation.has_value();
    return fmt::format(
        "smallest mean error {} ({:.1f} %; {})",
        validated ? "for configurations left out of the fit" : "on what it was fitted to",
        (validated ? *best_->cross_validation : best_->error).mean * 100, others);
  }

 private:
  void add(Candidate candidate) {
    const auto& validation = candidate.cross_validation;
    tried_.emplace_back(
        full_name(candidate.model),
        validation ? fmt::format("{:.1f} %", validation->mean * 100) : "not to be judged");
    if (!best_ || better(candidate, *best_)) best_ = std::move(candidate);
  }

  std::span<const MeasuredLoad> loads_;
  std::optional<Candidate> best_;
  std::vector<DurationModel> fitted_;
  std::vector<std::pair<std::string, std::string>> tried_;
};

Choice choose(const std::string& wanted, std::span<const MeasuredLoad> loads) {
  Choice choice(loads);
  if (const DurationForm* form = find_duration_form(wanted)) {
    choice.try_form(*form);
    return choice;
  }
  if (wanted == kEquation1) {
    for (const DurationForm* form : paper_forms()) choice.try_form(*form);
    return choice;
  }
  for (const DurationForm* form : duration_forms()) {
    if (form != &constant_form()) choice.try_form(*form);
  }
  choice.try_interpolations();
  return choice;
}

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
  std::optional<Choice> choice;
  if (reason.empty()) {
    choice = choose(form, loads);
    if (!choice->best()) {
      reason = fmt::format(
          "the form {} cannot be determined from {} configurations: measure more memory sizes, on "
          "both sides of {} MB",
          form, loads.size(), kMemoryOfOneVcpu.value);
    }
  }
  if (!choice || !choice->best()) choice = choose(std::string(constant_form().name()), loads);
  if (!choice->best()) return without_durations("the durations could not be fitted");
  const Candidate& chosen = *choice->best();
  FittedFunction result{chosen.model};
  result.spread = learn_spread(chosen.model, loads);
  result.residual = learn_residual(chosen.model, loads);
  result.model_error = learn_model_error(chosen.log_errors, chosen.left_out);
  result.cold = learn_cold_start(rows, chosen.model);
  FitReport& report = result.report;
  report.error = chosen.error;
  report.cross_validation = chosen.cross_validation;
  report.chosen_because = choice->reason();
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
  return result;
}

void require_known(const std::string& form) {
  // Interpolation corrects another form, so it is chosen, never asked for.
  std::vector<std::string_view> known = {kAuto, kEquation1};
  for (const DurationForm* f : duration_forms()) known.push_back(f->name());
  if (std::ranges::find(known, form) != known.end()) return;
  const std::string guess = nearest(form, known);
  throw InvalidInput(fmt::format("unknown form \"{}\"{}; known are {}", form,
                                 guess.empty() ? "" : fmt::format(", did you mean \"{}\"?", guess),
                                 fmt::join(known, ", ")));
}

}  // namespace

Models fit(std::span<const Sample> samples, const FitOptions& options) {
  require_known(options.form);
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
