#include "stepconf/cli/beliefs.h"

#include <utility>

#include "stepconf/platform/local/dispatch_delay.h"

namespace stepconf::cli {
namespace {

std::unique_ptr<estimator::ModelScatter> scatter_of(const project::Scatter& scatter,
                                                    const estimator::ModelOptions& options) {
  estimator::Noise noise = scatter.noise;
  if (scatter.step_functions) {
    // Of an event without content: a simulation knows no payloads.
    noise.dispatch = estimator::DispatchDelays{&platform::map_delay, platform::task_delay(0)};
  }
  return std::make_unique<estimator::ModelScatter>(options, noise);
}

}  // namespace

std::unique_ptr<estimator::ModelScatter> true_scatter(const project::Project& project,
                                                      const estimator::ModelOptions& options) {
  if (!project.simulation) return std::make_unique<estimator::ModelScatter>(options);
  return scatter_of(project.simulation->truth, options);
}

std::unique_ptr<estimator::ModelScatter> believed_scatter(const project::Project& project,
                                                          const estimator::ModelOptions& options) {
  if (!project.simulation || !project.simulation->belief) return true_scatter(project, options);
  return scatter_of(*project.simulation->belief, options);
}

std::optional<optimizer::DecisionCharge> charge_of(const Workspace& workspace) {
  const auto& simulation = workspace.project.simulation;
  if (!simulation || !simulation->decisions_charged) return std::nullopt;
  return optimizer::decision_charge(workspace.prices);
}

Beliefs::Beliefs(const Workspace& workspace, const std::optional<optimizer::DecisionCharge>& charge)
    : Beliefs(workspace, charge,
              workspace.plan ? std::make_unique<estimator::ModelScatter>(*workspace.options)
                             : believed_scatter(workspace.project, *workspace.options)) {}

Beliefs::Beliefs(const Workspace& workspace, const std::optional<optimizer::DecisionCharge>& charge,
                 std::unique_ptr<estimator::ModelScatter> scatter)
    : workspace_(workspace),
      charge_(charge),
      scatter_(std::move(scatter)),
      options_(&workspace.choices()) {
  if (workspace.plan) {
    if (!workspace.plan->goal.decisions_charged) return;
  } else if (workspace.project.simulation) {
    options_ = &expected_.emplace(*options_, *scatter_);
  }
  if (!charge) return;
  charged_options_.emplace(*options_, *charge);
  charged_scatter_.emplace(*scatter_, *charge);
}

void Beliefs::heed_warm_pools(optimizer::Frontiers& frontiers) {
  if (workspace_.plan || !workspace_.project.simulation) return;
  const project::Simulation& simulation = *workspace_.project.simulation;
  project::Scatter scatter = simulation.belief.value_or(simulation.truth);
  const estimator::ColdStarts cold = std::exchange(scatter.noise.cold, {});
  if (cold.probability == 0) return;
  warm_.reset(new Beliefs(workspace_, charge_, scatter_of(scatter, *workspace_.options)));
  frontiers.heed_warm_pools({.warm = warm_->options(),
                             .charges =
                                 [cold, &prices = workspace_.prices](
                                     const workflow::Step&, MemoryMb memory, int instances) {
                                   return optimizer::cold_charge(cold, prices, memory, instances);
                                 },
                             .scatter = &warm_->scatter()});
}

const estimator::OptionSource& Beliefs::options() const {
  return charged_options_ ? *charged_options_ : *options_;
}

const estimator::ScatterSource& Beliefs::scatter() const {
  if (charged_scatter_) return *charged_scatter_;
  return *scatter_;
}

}  // namespace stepconf::cli
