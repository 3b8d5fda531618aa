#pragma once

#include <memory>
#include <optional>

#include "stepconf/cli/workspace.h"
#include "stepconf/estimator/expected_options.h"
#include "stepconf/estimator/model_scatter.h"
#include "stepconf/optimizer/decision_charge.h"
#include "stepconf/optimizer/frontier.h"

namespace stepconf::cli {

/// How durations scatter in truth: the project's `simulation`, else the models' own spread.
std::unique_ptr<estimator::ModelScatter> true_scatter(const project::Project& project,
                                                      const estimator::ModelOptions& options);

/// How they scatter as strategies believe: the truth, unless `planned_with` says other.
std::unique_ptr<estimator::ModelScatter> believed_scatter(const project::Project& project,
                                                          const estimator::ModelOptions& options);

/// What a decision before a step costs; absent where the project has decisions free.
std::optional<optimizer::DecisionCharge> charge_of(const Workspace& workspace);

/// The options and the scatter that strategies plan with: the project's; where a plan file was
/// loaded what it holds, as in a run, whatever the project says of beliefs and charges. Not to be
/// moved: it refers to itself.
class Beliefs {
 public:
  /// Without `charge`: nothing is charged. The workspace must have models, and outlive it.
  Beliefs(const Workspace& workspace, const std::optional<optimizer::DecisionCharge>& charge);
  Beliefs(const Beliefs&) = delete;
  Beliefs& operator=(const Beliefs&) = delete;

  /// The means of what is believed; where the project says nothing of scatter, the models' own.
  const estimator::OptionSource& options() const;
  const estimator::ScatterSource& scatter() const;

  /// Lets simulated decisions on `frontiers`, made from these options, heed which sandboxes are
  /// warm: what the project believes of cold starts, which the options hold as a mean, is taken out
  /// of the step that is decided and counted by what is warm. Nothing where it believes in none, or
  /// decisions are made by a plan file, which knows nothing of that.
  /// Must outlive the frontiers.
  void heed_warm_pools(optimizer::Frontiers& frontiers);

 private:
  Beliefs(const Workspace& workspace, const std::optional<optimizer::DecisionCharge>& charge,
          std::unique_ptr<estimator::ModelScatter> scatter);

  const Workspace& workspace_;
  std::optional<optimizer::DecisionCharge> charge_;
  std::unique_ptr<estimator::ModelScatter> scatter_;
  const estimator::OptionSource* options_;
  std::optional<estimator::ExpectedOptions> expected_;
  std::optional<optimizer::ChargedOptions> charged_options_;
  std::optional<optimizer::ChargedScatter> charged_scatter_;
  // The same where every instance finds a warm sandbox.
  std::unique_ptr<Beliefs> warm_;
};

}  // namespace stepconf::cli
