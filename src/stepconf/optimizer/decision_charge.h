#pragma once

#include <span>
#include <string>
#include <vector>

#include "stepconf/base/units.h"
#include "stepconf/estimator/option.h"
#include "stepconf/estimator/scatter.h"
#include "stepconf/pricing/price_sheet.h"

namespace stepconf::optimizer {

/// What a strategy that decides before each step pays for every function step, where the
/// orchestrator has to call it: a configurator runs before the step.
struct DecisionCharge {
  Seconds duration{0};
  Usd cost;
};

/// One request for the configurator, one more state transition where the orchestrator bills those,
/// and 0.16 s: the time between two states of a chain in Standard workflows (docs/simulate.md). The
/// configurator's own milliseconds at little memory are left out: under a tenth of its request.
DecisionCharge decision_charge(const pricing::PriceSheet& prices);

/// Options with the charge in the duration and cost of each function step, so that plans know it.
class ChargedOptions final : public estimator::OptionSource {
 public:
  /// `options` must outlive it.
  ChargedOptions(const estimator::OptionSource& options, const DecisionCharge& charge)
      : options_(options), charge_(charge) {}

  std::vector<estimator::Option> options(const workflow::Step& step, int jobs) const override;
  estimator::Evaluation evaluate(const workflow::Step& step, int jobs,
                                 const estimator::Configuration& configuration) const override;
  int considered(const workflow::Step& step, int jobs) const override {
    return options_.considered(step, jobs);
  }
  std::string why_none(const workflow::Step& step, int jobs) const override {
    return options_.why_none(step, jobs);
  }

 private:
  const estimator::OptionSource& options_;
  DecisionCharge charge_;
};

/// The same for how durations scatter.
class ChargedScatter final : public estimator::ScatterSource {
 public:
  /// `scatter` must outlive it.
  ChargedScatter(const estimator::ScatterSource& scatter, const DecisionCharge& charge)
      : scatter_(scatter), charge_(charge) {}

  void quantiles(const workflow::Step& step, int jobs, const estimator::Option& option,
                 std::span<const double> probabilities, std::span<double> seconds) const override;
  estimator::StepOutcome mean(const workflow::Step& step, int jobs,
                              const estimator::Option& option) const override;
  estimator::StepOutcome draw(const workflow::Step& step, int jobs, const estimator::Option& option,
                              const estimator::Draws& draws) const override;

 private:
  const estimator::ScatterSource& scatter_;
  DecisionCharge charge_;
};

}  // namespace stepconf::optimizer
