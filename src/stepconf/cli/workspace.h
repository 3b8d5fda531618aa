#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "stepconf/asl/state_machine.h"
#include "stepconf/base/json.h"
#include "stepconf/compiled/compiled_options.h"
#include "stepconf/compiled/compiled_plan.h"
#include "stepconf/estimator/model_options.h"
#include "stepconf/estimator/scatter.h"
#include "stepconf/pricing/price_sheet.h"
#include "stepconf/project/project.h"
#include "stepconf/workflow/workflow.h"

namespace stepconf::cli {

/// A project with everything it names opened.
struct Workspace {
  project::Project project;
  /// Absent where the workflow is a list of steps.
  std::optional<asl::StateMachine> machine;
  workflow::Workflow workflow;
  pricing::PriceSheet prices;
  /// Absent where the project has no models (yet).
  std::unique_ptr<estimator::ModelOptions> options;
  /// How durations scatter, as the models say; absent where there are no options. Refers to them.
  std::unique_ptr<estimator::ScatterSource> scatter;
  /// Absent where no plan file was loaded.
  std::unique_ptr<const compiled::CompiledPlan> plan;
  std::unique_ptr<const compiled::CompiledOptions> prepared;

  /// What decisions choose from: prepared where a plan file was loaded, else the models.
  const estimator::OptionSource& choices() const {
    if (prepared) return *prepared;
    return *options;
  }

  /// What the plan file has prepared for a strategy; empty where there is nothing.
  std::string_view prepared_for(const std::string& strategy) const {
    if (!plan) return {};
    const auto found = plan->policies.find(strategy);
    return found == plan->policies.end() ? std::string_view() : found->second;
  }
};

/// Takes models with all that is made of them.
void set_options(Workspace& workspace, std::unique_ptr<estimator::ModelOptions> options);

enum class ModelsAre { needed, welcome, ignored };

/// What a definition is read for.
enum class ReadTo {
  /// Whatever StepConf cannot run itself is refused.
  run,
  /// Step Functions runs it: where StepConf could not, its outline is read (machine/), which is
  /// told
  /// on stderr. So are all definitions of projects with `platform: {kind: lambda, dispatch:
  /// step-functions}`.
  plan,
};

/// Opens a project. `models` replaces the file that the project names; a file named so has to be
/// there. Where models are welcome, a missing file of the project's is told on stderr and the
/// workspace has no options. Shares of choices that the project does not give are those of the
/// models. Throws InvalidInput.
Workspace open_workspace(const std::filesystem::path& project, const std::filesystem::path& models,
                         ModelsAre models_are, ReadTo read_to = ReadTo::run);

/// Decides the strategy: `option` (the command line's --strategy, empty where it was not given),
/// else the project's, else the default for its models; says on stderr why that is not percentile
/// where it is not. Throws InvalidInput, with the known names, where there is none called so.
std::string strategy_of(const Workspace& workspace, const std::string& option);

/// Decides the SLO: `option` (the command line's --slo, empty where it was not given), else the
/// project's, which may stand in the execution's `input`. Absent where nobody gives one. Throws
/// InvalidInput.
std::optional<Seconds> slo_of(const project::Project& project, const std::string& option,
                              const Json* input);

}  // namespace stepconf::cli
