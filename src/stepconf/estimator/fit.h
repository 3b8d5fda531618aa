#pragma once

#include <map>
#include <span>
#include <string>

#include "stepconf/estimator/models.h"
#include "stepconf/estimator/sample.h"

namespace stepconf::estimator {

struct FitOptions {
  /// A form's name, or "auto": the form with the smallest error on configurations left out of the
  /// fit, among near equals the simplest; or "equation1": the same among the paper's own forms.
  std::string form = "auto";
};

/// Fits every function that occurs in `samples`. Functions that cannot be modelled well come out
/// with report.reliable false and the reason. Deterministic. Throws InvalidInput where the form is
/// unknown.
Models fit(std::span<const Sample> samples, const FitOptions& options = {});

/// Fits the mapping delay of each function by name (docs/model.md, Mapping delay). A function with
/// fewer than three different numbers of instances gets the curve of all functions together where
/// those have more. Functions of platforms that report none get no delay.
std::map<std::string, MappingDelay> fit_mapping_delays(std::span<const Sample> samples);

/// Learns from max_memory_mb and from failed rows of one function what fits.
MemoryNeed learn_memory_need(std::span<const Sample> samples);

}  // namespace stepconf::estimator
