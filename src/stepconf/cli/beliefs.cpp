#include "stepconf/cli/beliefs.h"

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
    : scatter_(workspace.plan ? std::make_unique<estimator::ModelScatter>(*workspace.options)
                              : believed_scatter(workspace.project, *workspace.options)),
      options_(&workspace.choices()) {
  if (workspace.plan) return;
  if (workspace.project.simulation) options_ = &expected_.emplace(*options_, *scatter_);
  if (!charge) return;
  charged_options_.emplace(*options_, *charge);
  charged_scatter_.emplace(*scatter_, *charge);
}

const estimator::OptionSource& Beliefs::options() const {
  return charged_options_ ? *charged_options_ : *options_;
}

const estimator::ScatterSource& Beliefs::scatter() const {
  if (charged_scatter_) return *charged_scatter_;
  return *scatter_;
}

}  // namespace stepconf::cli
