#pragma once

#include <string>

#include "stepconf/workflow/workflow.h"

namespace stepconf::bench {

/// Makes a workflow of `size` steps in blocks of four, like the 16 steps of the paper's synthetic
/// workflow in kind: a step, then two branches of which one has a step more, and so on. All are Map
/// states of `jobs` jobs with a function each.
inline workflow::Workflow block_workflow(int size, int jobs) {
  workflow::Workflow workflow;
  workflow.graph = workflow::Graph(size);
  for (workflow::StepId s = 0; s < size; ++s) {
    workflow::Step step;
    step.name = step.function = "step" + std::to_string(s);
    step.jobs = jobs;
    step.is_map = true;
    workflow.steps.push_back(step);
    if (s % 4 == 0 && s > 0) {
      workflow.graph.add_edge(s - 1, s);
      workflow.graph.add_edge(s - 2, s);
    } else if (s % 4 == 1 || s % 4 == 2) {
      workflow.graph.add_edge(s - s % 4, s);
    } else if (s % 4 == 3) {
      workflow.graph.add_edge(s - 2, s);
    }
  }
  return workflow;
}

}  // namespace stepconf::bench
