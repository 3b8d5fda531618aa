#include "stepconf/workflow/workflow.h"

namespace stepconf::workflow {

std::optional<StepId> Workflow::find(std::string_view name) const {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].name == name) return static_cast<StepId>(i);
  }
  return std::nullopt;
}

std::string_view to_string(SharesAre are) {
  switch (are) {
    case SharesAre::given:
      return "given";
    case SharesAre::learnt:
      return "learnt";
    case SharesAre::assumed:
      break;
  }
  return "assumed";
}

}  // namespace stepconf::workflow
