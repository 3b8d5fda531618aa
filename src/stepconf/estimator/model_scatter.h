#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "stepconf/estimator/model_options.h"
#include "stepconf/estimator/noise.h"
#include "stepconf/estimator/scatter.h"
#include "stepconf/estimator/step_law.h"

namespace stepconf::estimator {

/// How durations scatter as the models say it: of a fitted function each instance by its own
/// spread, mapping delays by their CV; of a table the whole row by its noise, the cost in
/// proportion. The models' own error is no scatter and is left out. With a Noise, that stands in
/// place of the spread or comes beside it. May be shared between threads.
class ModelScatter final : public ScatterSource {
 public:
  /// `options`, whose models, prices and cost rule count, must outlive it. What is tabulated of a
  /// function is made when it is first asked about: some 0.1 ms, milliseconds with outliers.
  explicit ModelScatter(const ModelOptions& options, std::optional<Noise> noise = std::nullopt);

  void quantiles(const workflow::Step& step, int jobs, const Option& option,
                 std::span<const double> probabilities, std::span<double> seconds) const override;
  StepOutcome mean(const workflow::Step& step, int jobs, const Option& option) const override;
  StepOutcome draw(const workflow::Step& step, int jobs, const Option& option,
                   const Draws& draws) const override;

  /// Gives the law of a step under the option's configuration (what else the option says only tells
  /// rows of equal configuration apart), for those who ask it often; it must not outlive this
  /// object. O(p).
  StepLaw law(const workflow::Step& step, int jobs, const Option& option) const;

 private:
  struct Factors {
    std::once_flag made;
    FactorTable own, slowed, delay;
  };

  const Factors& factors_of(const std::string& function, const FunctionModel& model) const;
  void make(Factors& factors, const FunctionModel& model) const;

  const ModelOptions& options_;
  Noise noise_;
  /// By function.
  mutable std::map<std::string, Factors> factors_;
  /// Where one fluctuation stands in place of all functions' own.
  std::optional<FactorTable> common_, common_slowed_;
};

}  // namespace stepconf::estimator
