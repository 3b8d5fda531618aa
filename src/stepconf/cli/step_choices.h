#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/cli/workspace.h"
#include "stepconf/machine/generate.h"

namespace stepconf::cli {

/// What a step of the generated machine may be configured with, whatever its functions are called.
struct ChosenStep {
  machine::GeneratedStep step{};
  /// The safe one's among them.
  std::set<MemoryMb> sizes{};
  estimator::Configuration safe{};
  Seconds timeout{900};
  std::string why_not_batched{};
};

struct StepChoices {
  /// In the order of the definition; steps that are in the project's workflow.
  std::vector<ChosenStep> steps{};
  /// Whether the safe configurations, which are the static plan's, keep the SLO.
  bool feasible = true;
};

/// What is known of a deployed function.
struct FunctionFacts {
  Seconds timeout{900};
  /// Where not empty, each job gets an instance of its own, because of this.
  std::string why_not_batched{};
};

/// Gives what the project file says of its functions.
std::map<std::string, FunctionFacts> facts_of(const project::Project& project);

/// Chooses the memory sizes and the safe configuration of each step; without models the smallest,
/// which is told on stderr. Steps that the generated machine cannot batch are marked in the
/// workspace, so that they are planned as they will run. Throws InvalidInput.
StepChoices step_choices(Workspace& workspace, std::string_view definition,
                         const std::map<std::string, FunctionFacts>& functions,
                         const std::string& slo);

/// Gives the function to call for a step and memory size.
using FunctionName = std::function<std::string(const machine::GeneratedStep&, MemoryMb)>;

machine::GeneratorOptions generator_options(const StepChoices& choices,
                                            const std::string& configurator,
                                            const FunctionName& function_name);

}  // namespace stepconf::cli
