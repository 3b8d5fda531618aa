#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "stepconf/estimator/duration_model.h"
#include "stepconf/estimator/observations.h"

namespace stepconf::estimator {

/// A symmetric matrix of how far predictions may be off, and together, in logarithms squared.
class Covariance {
 public:
  /// `values` row by row.
  Covariance(std::size_t size, std::vector<double> values);

  std::size_t size() const { return size_; }
  double operator()(std::size_t a, std::size_t b) const { return values_[a * size_ + b]; }

 private:
  std::size_t size_;
  std::vector<double> values_;
};

/// Loads that are worth their time, as it is cubic in them; where there are more, see `thinned`.
inline constexpr std::size_t kMostKriged = 150;

/// Gives the amplitude of a form that is off by `elsewhere` (ModelError): a few percent at least.
double form_amplitude(double elsewhere);

struct UncertaintyOptions {
  /// How far the form itself may be off far from all measurements, as a standard deviation of the
  /// logarithm.
  double amplitude = 0.05;
  /// A form's error is alike over this distance.
  Similarity similarity{.memory = 1};
};

/// Tells how uncertain the logarithms of the model's predictions at `points` are, given what was
/// measured: universal kriging (Rasmussen and Williams, 2006, section 2.7) with the form's
/// derivatives by its parameters as trend and a Gaussian process for what the form lacks.
/// O(points^2 (loads + parameters)).
Covariance uncertainty(const DurationModel& model, std::span<const MeasuredLoad> loads,
                       std::span<const InstanceLoad> points,
                       const UncertaintyOptions& options = {});

}  // namespace stepconf::estimator
