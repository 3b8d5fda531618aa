#pragma once

#include <cstdint>
#include <span>

#include "stepconf/base/units.h"
#include "stepconf/estimator/option.h"
#include "stepconf/workflow/workflow.h"

namespace stepconf::estimator {

/// Random numbers that belong to a place instead of a sequence: the same execution, step, instance
/// and purpose give the same number, whatever else was drawn. So every strategy that is tried in
/// the same execution meets the same luck (common random numbers).
struct Draws {
  std::uint64_t seed = 0;
  /// Which execution, and which step of it.
  std::uint64_t execution = 0;
  std::uint64_t step = 0;

  /// Gives a number in (0, 1), evenly distributed. `purpose` keeps several numbers of one instance
  /// apart.
  double uniform(int instance, int purpose) const;
};

/// What one execution of a step came to.
struct StepOutcome {
  /// The whole step: mapping delay, cold starts, the slowest instance.
  Seconds duration{0};
  /// As the option's cost is counted, for the durations that came out.
  Usd cost;
};

/// Knows how a step's duration scatters from execution to execution: what a strategy believes, or
/// what a simulation takes for the truth. Has no mutable state: may be shared between threads.
/// Where a step is foreign, everything is its expected duration.
class ScatterSource {
 public:
  virtual ~ScatterSource() = default;

  /// Gives, for each of `probabilities` (ascending, each in (0, 1)), the duration that the whole
  /// step stays below with that probability. `option` is one that the OptionSource lists for `jobs`
  /// jobs.
  virtual void quantiles(const workflow::Step& step, int jobs, const Option& option,
                         std::span<const double> probabilities,
                         std::span<double> seconds) const = 0;

  /// Gives the mean of the duration and of the cost over all executions. Without scatter, cold
  /// starts and outliers these are the option's own.
  virtual StepOutcome mean(const workflow::Step& step, int jobs, const Option& option) const = 0;

  /// Draws one execution of the step.
  virtual StepOutcome draw(const workflow::Step& step, int jobs, const Option& option,
                           const Draws& draws) const = 0;
};

}  // namespace stepconf::estimator
