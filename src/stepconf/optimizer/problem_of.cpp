#include "stepconf/optimizer/problem_of.h"

namespace stepconf::optimizer {

std::vector<solver::Point> points_of(const Frontier& frontier, double weight) {
  std::vector<solver::Point> points;
  points.reserve(frontier.options.size());
  for (const estimator::Option& option : frontier.options) {
    points.push_back({option.duration.count(), option.cost.value * weight});
  }
  return points;
}

solver::Problem problem_of(Frontiers& frontiers) {
  const workflow::Workflow& workflow = frontiers.workflow();
  solver::Problem problem{workflow.graph, {}};
  for (workflow::StepId id = 0; id < workflow.graph.size(); ++id) {
    const workflow::Step& step = workflow.steps[id];
    problem.options.push_back(step.jobs > 0 ? points_of(frontiers.expected(id), step.probability)
                                            : std::vector<solver::Point>{{0, 0}});
  }
  return problem;
}

}  // namespace stepconf::optimizer
