#include "stepconf/optimizer/decision_charge.h"

#include "stepconf/pricing/bill.h"

namespace stepconf::optimizer {
namespace {

constexpr Seconds kBetweenStates{0.160};

using estimator::Option;

}  // namespace

DecisionCharge decision_charge(const pricing::PriceSheet& prices) {
  const int transitions = pricing::transitions(prices.orchestrator, false, 1);
  return {kBetweenStates, Usd{prices.usd_per_request + transitions * prices.usd_per_transition}};
}

std::vector<Option> ChargedOptions::options(const workflow::Step& step, int jobs) const {
  std::vector<Option> result = options_.options(step, jobs);
  if (step.is_foreign()) return result;
  for (Option& option : result) {
    option.duration += charge_.duration;
    option.cost += charge_.cost;
  }
  return result;
}

estimator::Evaluation ChargedOptions::evaluate(
    const workflow::Step& step, int jobs, const estimator::Configuration& configuration) const {
  estimator::Evaluation result = options_.evaluate(step, jobs, configuration);
  if (!step.is_foreign() && result.option) {
    result.option->duration += charge_.duration;
    result.option->cost += charge_.cost;
  }
  return result;
}

void ChargedScatter::quantiles(const workflow::Step& step, int jobs, const Option& option,
                               std::span<const double> probabilities,
                               std::span<double> seconds) const {
  scatter_.quantiles(step, jobs, option, probabilities, seconds);
  if (step.is_foreign()) return;
  for (double& each : seconds) each += charge_.duration.count();
}

estimator::StepOutcome ChargedScatter::mean(const workflow::Step& step, int jobs,
                                            const Option& option) const {
  estimator::StepOutcome result = scatter_.mean(step, jobs, option);
  if (!step.is_foreign()) result = {result.duration + charge_.duration, result.cost + charge_.cost};
  return result;
}

estimator::StepOutcome ChargedScatter::draw(const workflow::Step& step, int jobs,
                                            const Option& option,
                                            const estimator::Draws& draws) const {
  estimator::StepOutcome result = scatter_.draw(step, jobs, option, draws);
  if (!step.is_foreign()) result = {result.duration + charge_.duration, result.cost + charge_.cost};
  return result;
}

}  // namespace stepconf::optimizer
