#include "stepconf/estimator/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"
#include "stepconf/estimator/fit_duration.h"
#include "stepconf/estimator/observations.h"

namespace stepconf::estimator {
namespace {

constexpr std::string_view kConstant = "constant";
constexpr std::string_view kAuto = "auto";
// A form with more parameters has to be better by this much to be preferred to a simpler one.
constexpr double kWorthAForm = 0.95;
constexpr double kIndifferent = 0.001;
// Beyond this mean error a plan made with the model says little.
constexpr double kMostError = 0.25;

struct Candidate {
  DurationModel model;
  ErrorSummary error;
  std::optional<ErrorSummary> cross_validation;
};

std::optional<Candidate> try_form(const DurationForm& form, std::span<const MeasuredLoad> loads) {
  std::vector<Observation> observations;
  for (const MeasuredLoad& load : loads) observations.push_back(load.observation);
  const auto model = fit_form(form, observations);
  if (!model) return std::nullopt;
  return Candidate{*model, errors_of(*model, loads), cross_validate(*model, loads)};
}

// Cross-validation is the judge where both have been through it; a form that too few configurations
// could judge loses to one that was.
bool better(const Candidate& other, const Candidate& best) {
  if (other.cross_validation.has_value() != best.cross_validation.has_value()) {
    return other.cross_validation.has_value();
  }
  const double a = other.cross_validation ? other.cross_validation->mean : other.error.mean;
  const double b = best.cross_validation ? best.cross_validation->mean : best.error.mean;
  return a < kWorthAForm * b - kIndifferent;
}

std::optional<Candidate> choose(const std::string& wanted, std::span<const MeasuredLoad> loads) {
  std::optional<Candidate> best;
  for (const DurationForm* form : duration_forms()) {
    if (wanted == kAuto ? form->name() == kConstant : form->name() != wanted) continue;
    auto candidate = try_form(*form, loads);
    if (candidate && (!best || better(*candidate, *best))) best = std::move(candidate);
  }
  return best;
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

double spread_of(const DurationModel& model, std::span<const MeasuredLoad> loads) {
  double squares = 0;
  double count = 0;
  for (const MeasuredLoad& load : loads) {
    const double expected =
        std::max(model.predict(load.observation.load).count(), kSmallestSeconds);
    for (const double seconds : load.seconds) {
      squares += std::pow(std::log(std::max(seconds, kSmallestSeconds) / expected), 2);
      ++count;
    }
  }
  const double freedom = std::max(1.0, count - static_cast<double>(model.parameters().size()));
  // The CV of a lognormal whose logarithm has this variance.
  return std::sqrt(std::expm1(std::min(squares / freedom, 10.0)));
}

FittedFunction without_durations(const std::string& reason) {
  const DurationForm& constant = *find_duration_form(kConstant);
  FittedFunction result{DurationModel(constant, {0, 0}), {}, {}, 0, {}};
  result.report.reliable = false;
  result.report.reason = reason;
  return result;
}

FittedFunction fit_durations(std::span<const Sample* const> rows, const std::string& form) {
  const std::vector<MeasuredLoad> loads = measured_loads(rows);
  if (loads.empty())
    return without_durations("no row has the status ok: nothing is known about its duration");
  std::string reason = why_hopeless(loads);
  std::optional<Candidate> chosen;
  if (reason.empty()) {
    chosen = choose(form, loads);
    if (!chosen) {
      reason = fmt::format(
          "the form {} cannot be determined from {} configurations: measure more memory sizes, on "
          "both sides of {} MB",
          form, loads.size(), kMemoryOfOneVcpu.value);
    }
  }
  if (!chosen) chosen = choose(std::string(kConstant), loads);
  if (!chosen) return without_durations("the durations could not be fitted");
  FittedFunction result{chosen->model, {}, {}, spread_of(chosen->model, loads), {}};
  FitReport& report = result.report;
  report.error = chosen->error;
  report.cross_validation = chosen->cross_validation;
  report.configurations = static_cast<int>(loads.size());
  for (const MeasuredLoad& load : loads) report.samples += static_cast<int>(load.seconds.size());
  const double error = (report.cross_validation ? *report.cross_validation : report.error).mean;
  if (reason.empty() && error > kMostError) {
    reason = fmt::format(
        "the mean error is {:.0f} %, more than {:.0f} %: the form does not describe this function",
        error * 100, kMostError * 100);
  }
  report.reliable = reason.empty();
  report.reason = reason;
  return result;
}

void require_known(const std::string& form) {
  std::vector<std::string_view> known = {kAuto};
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
