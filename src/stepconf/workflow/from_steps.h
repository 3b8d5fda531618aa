#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stepconf/workflow/workflow.h"

namespace stepconf::workflow {

/// One entry of a project file's `steps:`.
struct StepSpec {
  std::string name;
  std::string function;
  /// Jobs expected, at least 1.
  int jobs = 1;
  /// Names of the steps that must have ended before this one starts.
  std::vector<std::string> after = {};
};

/// Builds a workflow, any DAG, from a list of steps; ids follow the list. A step of more than one
/// job counts as a Map. Throws InvalidInput "SOURCE: steps[2].after: ..." for an empty list, empty
/// or duplicate names, an empty function, fewer than 1 job, a step that waits for itself or for an
/// unknown one (with the nearest known name), and for cycles, whose steps it names.
Workflow from_steps(std::vector<StepSpec> specs, std::string_view source);

}  // namespace stepconf::workflow
