#pragma once

#include <optional>
#include <string>

#include "stepconf/base/json.h"
#include "stepconf/optimizer/plan.h"

namespace stepconf::cli {

/// What a plan was made for: an SLO, a budget, or, where every step is fixed, neither.
struct PlanGoal {
  std::optional<Seconds> slo{};
  std::optional<Usd> budget{};
};

/// Writes a plan as `plan --json` prints it (docs/formats.md). `strategy` is the name of the
/// strategy.
OrderedJson to_json(const optimizer::Plan& plan, const workflow::Workflow& workflow,
                    const std::string& strategy, const PlanGoal& goal);

/// Prints a plan for people on stdout: a line a step, what it comes to, and by how much it misses
/// the goal where it does.
void print(const optimizer::Plan& plan, const workflow::Workflow& workflow,
           const std::string& strategy, const PlanGoal& goal);

/// Prints why each step is configured as it is, on stdout.
void print_explanations(const optimizer::Plan& plan, const workflow::Workflow& workflow,
                        const PlanGoal& goal);

}  // namespace stepconf::cli
