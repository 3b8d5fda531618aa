#include "stepconf/estimator/choose_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <utility>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"
#include "stepconf/estimator/fit_duration.h"

namespace stepconf::estimator {
namespace {

constexpr std::string_view kAuto = "auto";
constexpr std::string_view kEquation1 = "equation1";
// Forms that are named beside the one that was taken.
constexpr std::size_t kRunnersUp = 3;
// A form with more parameters has to be better by this much to be preferred to a simpler one.
constexpr double kWorthAForm = 0.95;
constexpr double kIndifferent = 0.001;

// A form that was tried, with its mean errors as the judge sees them.
struct Candidate {
  ChosenForm form;
  double error = 0;
  std::optional<double> left_out_error;

  std::string name() const {
    const DurationModel& model = form.model;
    return fmt::format("{}{}", model.correction() ? "corrected " : "", model.form().name());
  }
};

Candidate judged(DurationModel model, std::span<const MeasuredLoad> loads) {
  auto errors = log_errors(model, loads);
  auto left_out = left_out_errors(model, loads);
  const double error = summary(errors, loads).mean;
  std::optional<double> left_out_error;
  if (left_out) left_out_error = summary(*left_out, loads).mean;
  return {{std::move(model), std::move(errors), std::move(left_out), ""}, error, left_out_error};
}

// Cross-validation is the judge where both have been through it; a form that too few configurations
// could judge loses to one that was.
bool better(const Candidate& other, const Candidate& best) {
  if (other.left_out_error.has_value() != best.left_out_error.has_value())
    return other.left_out_error.has_value();
  const double a = other.left_out_error.value_or(other.error);
  const double b = best.left_out_error.value_or(best.error);
  // What is as good elsewhere and corrected is better at what was measured.
  const bool corrects = other.form.model.correction() && !best.form.model.correction();
  return corrects ? kWorthAForm * a < b : a < kWorthAForm * b - kIndifferent;
}

std::vector<Candidate> candidates(std::string_view wanted, std::span<const MeasuredLoad> loads) {
  std::vector<const DurationForm*> forms;
  if (const DurationForm* form = find_duration_form(wanted)) {
    forms.push_back(form);
  } else if (wanted == kEquation1) {
    forms.assign(paper_forms().begin(), paper_forms().end());
  } else {
    // All but `constant`, the last.
    forms.assign(duration_forms().begin(), duration_forms().end() - 1);
  }
  std::vector<DurationModel> fitted;
  for (const DurationForm* form : forms) {
    if (auto model = fit_form(*form, loads)) fitted.push_back(std::move(*model));
  }
  std::vector<Candidate> result;
  for (const DurationModel& model : fitted) {
    auto corrected = wanted == kInterpolated ? interpolate(model, loads) : std::nullopt;
    // Where there is nothing to correct, the form as it is.
    result.push_back(judged(corrected.value_or(model), loads));
  }
  if (wanted != kAuto) return result;
  for (const DurationModel& trend : fitted) {
    if (auto model = interpolate(trend, loads)) result.push_back(judged(std::move(*model), loads));
  }
  return result;
}

// Names the winner's error and those of the next best.
std::string reason(const Candidate& best, const std::vector<Candidate>& tried) {
  if (tried.size() == 1) return "the only form that was asked for, or could be fitted";
  if (!best.left_out_error)
    return fmt::format("too few configurations to judge by; mean error {:.1f} % on these",
                       best.error * 100);
  std::vector<const Candidate*> others;
  for (const Candidate& other : tried) {
    if (&other != &best && other.left_out_error) others.push_back(&other);
  }
  std::ranges::stable_sort(others, {}, [](const Candidate* c) { return *c->left_out_error; });
  std::string next;
  for (const Candidate* other : others | std::views::take(kRunnersUp))
    next += fmt::format("{}{} {:.1f} %", next.empty() ? "; then " : ", ", other->name(),
                        *other->left_out_error * 100);
  return fmt::format("mean error {:.1f} % for configurations left out of the fit{}",
                     *best.left_out_error * 100, next);
}

}  // namespace

std::optional<ChosenForm> choose_form(std::string_view wanted,
                                      std::span<const MeasuredLoad> loads) {
  // Where traces bring thousands of loads, some of them tell which form it is.
  const std::vector<MeasuredLoad> some = thinned(loads);
  const std::vector<Candidate> tried = candidates(wanted, some);
  const Candidate* best = nullptr;
  for (const Candidate& candidate : tried) {
    if (best == nullptr || better(candidate, *best)) best = &candidate;
  }
  if (best == nullptr) return std::nullopt;
  ChosenForm result = best->form;
  if (some.size() < loads.size()) {
    const std::optional<Correction>& correction = result.model.correction();
    auto trend = fit_form(result.model.form(), loads, &result.model);
    if (!trend) return std::nullopt;
    if (correction) trend = interpolate(*trend, some).value_or(*trend);
    result = {*trend, log_errors(*trend, loads), left_out_errors(*trend, loads), ""};
  }
  result.because = reason(*best, tried);
  return result;
}

void require_known_form(std::string_view wanted) {
  std::vector<std::string_view> known = {kAuto, kEquation1, kInterpolated};
  for (const DurationForm* form : duration_forms()) known.push_back(form->name());
  if (std::ranges::find(known, wanted) != known.end()) return;
  const std::string guess = nearest(wanted, known);
  throw InvalidInput(fmt::format("unknown form \"{}\"{}; known are {}", wanted,
                                 guess.empty() ? "" : fmt::format(", did you mean \"{}\"?", guess),
                                 fmt::join(known, ", ")));
}

}  // namespace stepconf::estimator
