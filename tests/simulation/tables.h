#pragma once

#include <string>
#include <vector>

#include "stepconf/estimator/model_options.h"
#include "stepconf/workflow/workflow.h"

namespace stepconf::simulation::testing {

/// One row of a step's table; row i is the configuration (i + 1) * 128 MB x `instances` x 1.
struct Row {
  double seconds = 0;
  double usd = 0;
  int instances = 1;
};

/// A chain of steps s0, s1, ..., each a function of its own.
inline workflow::Workflow chain(int steps) {
  workflow::Workflow result;
  result.graph = workflow::Graph(steps);
  for (int i = 0; i < steps; ++i) {
    workflow::Step step;
    step.name = step.function = "s" + std::to_string(i);
    result.steps.push_back(step);
    if (i > 0) result.graph.add_edge(i - 1, i);
  }
  return result;
}

/// Tables of the functions s0, s1, ..., each with lognormal noise of `cv`.
inline estimator::ModelOptions tables(const std::vector<std::vector<Row>>& functions,
                                      double cv = 0) {
  estimator::Models models;
  for (std::size_t i = 0; i < functions.size(); ++i) {
    estimator::Table table;
    table.noise_cv = cv;
    int memory = 0;
    for (const Row& row : functions[i]) {
      memory += 128;
      table.options.push_back(
          {{MemoryMb{memory}, row.instances, 1}, Seconds(row.seconds), Usd{row.usd}});
    }
    models.functions.emplace("s" + std::to_string(i), table);
  }
  return {std::move(models), pricing::price_sheet()};
}

}  // namespace stepconf::simulation::testing
