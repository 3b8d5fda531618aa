#pragma once

#include "stepconf/compiled/compiled_plan.h"

namespace stepconf::compiled::testing {

/// "fan", a Map of 64 jobs, between the Tasks "split" and "join", and a Wait beside it; "split" has
/// a table.
inline workflow::Workflow workflow() {
  workflow::Workflow result;
  for (const char* name : {"split", "fan", "wait", "join"}) {
    workflow::Step step;
    step.name = name;
    if (step.name == "wait") {
      step.foreign_duration = Seconds(1.5);
    } else {
      step.function = step.name == "fan" ? "work" : step.name;
    }
    step.is_map = step.name == "fan";
    step.jobs = step.is_map ? 64 : 1;
    result.steps.push_back(step);
  }
  result.graph = workflow::Graph(4);
  for (const auto& [from, to] : {std::pair{0, 1}, {0, 2}, {1, 3}, {2, 3}})
    result.graph.add_edge(from, to);
  return result;
}

/// `seconds` of one vCPU a job, mapping delays and scatter.
inline estimator::FittedFunction worker(double seconds) {
  estimator::FittedFunction result{
      estimator::DurationModel(*estimator::find_duration_form("case2"), {seconds, 0, 0.01})};
  result.dispatch.base_s = 0.1;
  result.dispatch.slope_s = 0.01;
  result.spread = result.residual = estimator::Spread({.cv = 0.1, .freedom = 20});
  return result;
}

inline estimator::ModelOptions options() {
  estimator::Models models;
  models.functions.emplace("work", worker(0.5));
  models.functions.emplace("join", worker(2));
  models.functions.emplace("split",
                           estimator::Table{{{{MemoryMb{512}, 1, 1}, Seconds(2), Usd{0.00001}},
                                             {{MemoryMb{1024}, 2, 1}, Seconds(1), Usd{0.00003}},
                                             {{MemoryMb{2048}, 1, 1}, Seconds(3), Usd{0.0001}}},
                                            0.05});
  estimator::ConfigurationSpace join;
  join.processes = {1};
  return {std::move(models), pricing::price_sheet(), {}, {{"join", join}}};
}

inline CompiledPlan plan(Goal goal = {Seconds(12), "", 0.95, 0.1, "stepconf"}) {
  return compile("stepconf test", workflow(), std::move(goal), options());
}

}  // namespace stepconf::compiled::testing
