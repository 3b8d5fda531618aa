#include "stepconf/optimizer/deadline_distribution.h"

#include <algorithm>

namespace stepconf::optimizer {

std::vector<PlannedChoice> distribute_deadline(Frontiers& frontiers, Seconds slo) {
  const workflow::Workflow& workflow = frontiers.workflow();
  const std::vector<workflow::StepId> order = workflow::topological_order(workflow.graph);

  // A step's level is the greatest number of steps before it; a level weighs as much as its
  // longest step takes in its most cost-effective option.
  std::vector<std::size_t> level(order.size(), 0);
  std::vector<double> weights(order.size(), 0);
  for (const workflow::StepId step : order) {
    if (workflow.steps[step].jobs > 0) {
      const Frontier& frontier = frontiers.expected(step);
      const double weight = frontier.options[frontier.most_cost_effective].duration.count();
      weights[level[step]] = std::max(weights[level[step]], weight);
    }
    for (const workflow::StepId next : workflow.graph.successors[step])
      level[next] = std::max(level[next], level[step] + 1);
  }
  std::vector<double> deadlines;
  double sum = 0;
  for (const double weight : weights) deadlines.push_back(sum += weight);
  const double scale = sum > 0 ? slo.count() / sum : 0;

  std::vector<PlannedChoice> choices(order.size());
  std::vector<double> start(order.size(), 0);
  for (const workflow::StepId step : order) {
    PlannedChoice& choice = choices[step];
    double end = start[step];
    if (workflow.steps[step].jobs > 0) {
      const Seconds share(std::max(0.0, deadlines[level[step]] * scale - start[step]));
      const Frontier& frontier = frontiers.expected(step);
      const int chosen = frontier.cheapest_within(share);
      choice.option = std::max(0, chosen);
      choice.constraint = chosen < 0 ? Constraint::catch_up : Constraint::sub_slo;
      if (!workflow.steps[step].is_foreign()) choice.sub_slo = share;
      end += frontier.options[choice.option].duration.count();
    }
    for (const workflow::StepId next : workflow.graph.successors[step])
      start[next] = std::max(start[next], end);
  }
  return choices;
}

}  // namespace stepconf::optimizer
