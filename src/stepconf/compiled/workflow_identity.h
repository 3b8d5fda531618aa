#pragma once

#include <string>

#include "stepconf/workflow/workflow.h"

namespace stepconf::compiled {

// What makes a workflow this one and no other: its steps, what they call and how they depend on
// each other. Numbers of jobs, durations and shares that are only expected may change.

/// Says in which respect `project`, a workflow as its definition stands now, is another than the
/// one that a plan was made for: "step \"Upscale\" calls resize, in the plan upscale"; empty where
/// they agree.
std::string difference(const workflow::Workflow& planned, const workflow::Workflow& project);

/// Gives a hash, in hexadecimal digits, that workflows share which do not differ.
std::string identity(const workflow::Workflow& workflow);

}  // namespace stepconf::compiled
