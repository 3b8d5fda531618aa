#include "stepconf/optimizer/default_strategy.h"

#include <fmt/format.h>

#include <variant>

namespace stepconf::optimizer {
namespace {

// Empty where the tail is known.
std::string what_is_unknown(const estimator::FunctionModel& model, double target) {
  if (const auto* table = std::get_if<estimator::Table>(&model)) {
    return table->noise_cv > 0 ? "" : "its table says nothing of noise";
  }
  const bool far = target > 0.95;
  const int needed = far ? estimator::kSamplesForP99 : estimator::kSamplesForP95;
  const double there = std::get<estimator::FittedFunction>(model).spread.parameters().freedom;
  if (there >= needed) return "";
  return fmt::format(
      "its scatter is known from {:.0f} samples, {} are needed to see the {}th percentile", there,
      needed, far ? 99 : 95);
}

}  // namespace

DefaultStrategy default_strategy(const estimator::Models& models,
                                 const workflow::Workflow& workflow, double target) {
  for (const workflow::Step& step : workflow.steps) {
    if (step.is_foreign()) continue;
    const std::string unknown = what_is_unknown(models.at(step.function), target);
    if (!unknown.empty()) {
      return {"stepconf", fmt::format("function {}: {}", step.function, unknown)};
    }
  }
  return {"percentile", ""};
}

}  // namespace stepconf::optimizer
