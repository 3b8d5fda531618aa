#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/base/units.h"

namespace stepconf::estimator {

/// What one warm instance has to do and has to do it with: all that its duration depends on. Its
/// siblings play no part.
struct InstanceLoad {
  MemoryMb memory;
  int processes = 1;
  /// Jobs that this instance handles, at least 1.
  int jobs = 1;

  auto operator<=>(const InstanceLoad&) const = default;
};

/// Gives the speed-up over one vCPU that Eq. (1) grants: min(m / m_s, q).
double speed_up(const InstanceLoad& load);

/// A measured configuration: what one instance took, on average over its samples.
struct Observation {
  InstanceLoad load;
  double seconds = 0;
  /// How far the mean can be trusted, over 0 and at most 1.
  double weight = 1;
};

/// A parameter of a form: its name in models.json and the bounds, 0 among them, that keep
/// predictions positive.
struct ParameterInfo {
  std::string_view name;
  std::string_view unit;
  double lower = 0;
  double upper = 1e9;
};

/// A family of functions from load to seconds. Implementations have no state.
class DurationForm {
 public:
  virtual ~DurationForm() = default;
  virtual std::string_view name() const = 0;
  virtual std::span<const ParameterInfo> parameters() const = 0;
  /// Evaluates the form; `parameters` in the order of parameters().
  virtual double seconds(std::span<const double> parameters, const InstanceLoad& load) const = 0;
  /// Tells which parameters these observations can pin down; the others are held at 0. Empty where
  /// the form cannot be fitted to them.
  virtual std::vector<bool> identifiable(std::span<const Observation> observations) const = 0;
  /// Proposes points from which a search should begin, at least one.
  virtual std::vector<std::vector<double>> starts(
      std::span<const Observation> observations) const = 0;
};

/// Lists every form: case2, case1, piecewise (Eq. (1)), then constant, which no search chooses. The
/// simpler come first.
std::span<const DurationForm* const> duration_forms();

/// Finds a form by name; nullptr where there is none.
const DurationForm* find_duration_form(std::string_view name);

/// A form with its parameters: predicts how long one warm instance works.
class DurationModel {
 public:
  /// `parameters` in the order of form.parameters(). The form must outlive the model, as those of
  /// duration_forms() do.
  DurationModel(const DurationForm& form, std::vector<double> parameters);

  const DurationForm& form() const { return *form_; }
  std::span<const double> parameters() const { return parameters_; }
  /// Predicts the mean duration, without INIT and mapping delay; at least 0.
  Seconds predict(const InstanceLoad& load) const;

 private:
  const DurationForm* form_;
  std::vector<double> parameters_;
};

}  // namespace stepconf::estimator
