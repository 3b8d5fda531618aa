#pragma once

#include "stepconf/compiled/compiled_plan.h"

namespace stepconf::compiled {

/// Lets the plan's strategy compute what takes long and does not depend on an execution, and keeps
/// it in `policies`. Does nothing where the goal has no SLO, or for strategies that are made in no
/// time. Throws InvalidInput where a step has no options.
void prepare_policy(CompiledPlan& plan);

}  // namespace stepconf::compiled
