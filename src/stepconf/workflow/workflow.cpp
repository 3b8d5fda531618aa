#include "stepconf/workflow/workflow.h"

namespace stepconf::workflow {

std::optional<StepId> Workflow::find(std::string_view name) const {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].name == name) return static_cast<StepId>(i);
  }
  return std::nullopt;
}

}  // namespace stepconf::workflow
