#include "stepconf/estimator/model_scatter.h"

#include <cmath>
#include <utility>
#include <variant>

namespace stepconf::estimator {
namespace {

FactorTable own_factor(const FunctionModel& model) {
  if (const auto* table = std::get_if<Table>(&model))
    return FactorTable(Fluctuation{table->noise_cv, Tail::lognormal});
  return FactorTable(std::get<FittedFunction>(model).spread);
}

// The row with the option's configuration; of several the nearest in duration, because the option
// may stand for the row with something added. The option itself where there is none.
const Option& row_of(const Table& table, const Option& option) {
  const Option* found = nullptr;
  const auto distance = [&](const Option& row) {
    return std::abs((row.duration - option.duration).count());
  };
  for (const Option& row : table.options) {
    if (row.configuration != option.configuration) continue;
    if (found == nullptr || distance(row) < distance(*found)) found = &row;
  }
  return found != nullptr ? *found : option;
}

}  // namespace

ModelScatter::ModelScatter(const ModelOptions& options, std::optional<Noise> noise)
    : options_(options), noise_(noise.value_or(Noise{})) {
  for (const auto& [name, model] : options.models().functions) factors_.try_emplace(name);
  if (!noise_.fluctuation) return;
  common_ = FactorTable(*noise_.fluctuation);
  common_slowed_ = FactorTable(*common_, noise_.outliers);
}

void ModelScatter::make(Factors& factors, const FunctionModel& model) const {
  factors.own = common_ ? *common_ : own_factor(model);
  factors.slowed = common_ ? *common_slowed_ : FactorTable(factors.own, noise_.outliers);
  const auto* function = std::get_if<FittedFunction>(&model);
  if (function != nullptr && !noise_.dispatch)
    factors.delay = FactorTable(Fluctuation{function->dispatch.cv, Tail::lognormal});
}

const ModelScatter::Factors& ModelScatter::factors_of(const std::string& function,
                                                      const FunctionModel& model) const {
  Factors& factors = factors_.at(function);
  std::call_once(factors.made, [&] { make(factors, model); });
  return factors;
}

StepLaw ModelScatter::law(const workflow::Step& step, int jobs, const Option& option) const {
  StepLaw::Parts parts;
  parts.configuration = option.configuration;
  if (step.is_foreign()) {
    parts.foreign = parts.shared_factor = true;
    parts.full = parts.last = *step.foreign_duration;
    parts.delays = {0};
    return StepLaw(std::move(parts));
  }
  const FunctionModel& model = options_.models().at(step.function);
  const Factors& factors = factors_of(step.function, model);
  parts.factor = &factors.own;
  parts.slowed = &factors.slowed;
  parts.outliers = noise_.outliers;
  parts.cold = noise_.cold;
  parts.failures = noise_.failures;
  parts.prices = options_.prices();
  parts.rule = options_.cost_rule();
  parts.is_map = step.is_map;
  if (const auto* table = std::get_if<Table>(&model)) {
    const Option& row = row_of(*table, option);
    parts.shared_factor = true;
    parts.full = parts.last = row.duration;
    parts.cost = row.cost;
    parts.delays.assign(option.configuration.instances, 0);
    return StepLaw(std::move(parts));
  }
  const FittedFunction& function = std::get<FittedFunction>(model);
  const Split share = split(jobs, option.configuration.instances);
  InstanceLoad load{option.configuration.memory, option.configuration.processes,
                    share.jobs_per_instance, share.instances};
  parts.full = function.duration.predict(load);
  load.jobs = jobs - (share.instances - 1) * share.jobs_per_instance;
  parts.last = function.duration.predict(load);
  for (int i = 1; i <= share.instances; ++i) {
    Seconds delay = function.dispatch.at(i, share.instances);
    if (noise_.dispatch) {
      delay = step.is_map ? noise_.dispatch->map(i, share.instances) : noise_.dispatch->task;
    }
    parts.delays.push_back(delay.count());
  }
  parts.delay_factor = &factors.delay;
  return StepLaw(std::move(parts));
}

void ModelScatter::quantiles(const workflow::Step& step, int jobs, const Option& option,
                             std::span<const double> probabilities,
                             std::span<double> seconds) const {
  law(step, jobs, option).quantiles(probabilities, seconds);
}

StepOutcome ModelScatter::mean(const workflow::Step& step, int jobs, const Option& option) const {
  return law(step, jobs, option).mean();
}

StepOutcome ModelScatter::draw(const workflow::Step& step, int jobs, const Option& option,
                               const Draws& draws) const {
  return law(step, jobs, option).draw(draws);
}

}  // namespace stepconf::estimator
