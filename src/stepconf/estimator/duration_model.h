#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "stepconf/base/units.h"
#include "stepconf/estimator/correction.h"
#include "stepconf/estimator/duration_form.h"

namespace stepconf::estimator {

/// The name under which a form with a correction is offered and stored.
inline constexpr std::string_view kInterpolated = "interpolated";

/// A form with its parameters, and what it misses: predicts how long one warm instance works.
class DurationModel {
 public:
  /// `parameters` in the order of form.parameters(). The form must outlive the model, as those of
  /// duration_forms() do.
  DurationModel(const DurationForm& form, std::vector<double> parameters,
                std::optional<Correction> correction = std::nullopt);

  const DurationForm& form() const { return *form_; }
  std::span<const double> parameters() const { return parameters_; }
  const std::optional<Correction>& correction() const { return correction_; }
  /// The form's name, or `interpolated` where it is corrected.
  std::string_view name() const { return correction_ ? kInterpolated : form_->name(); }
  /// Predicts the mean duration, without INIT and mapping delay; at least 0.
  Seconds predict(const InstanceLoad& load) const;
  /// Predicts for every memory size with every shape, a row of `shapes.size()` a memory size; bit
  /// for bit as above, at a fraction of the cost where the form is corrected.
  std::vector<Seconds> predict(std::span<const MemoryMb> memories,
                               std::span<const LoadShape> shapes) const;

 private:
  const DurationForm* form_;
  std::vector<double> parameters_;
  std::optional<Correction> correction_;
};

}  // namespace stepconf::estimator
