#include "stepconf/solver/problem.h"

#include <algorithm>

namespace stepconf::solver {

Assignment evaluate(const Problem& problem, std::vector<int> options) {
  Assignment result;
  std::vector<double> start(problem.options.size(), 0);
  for (const workflow::StepId step : workflow::topological_order(problem.graph)) {
    const Point& taken = problem.options[step][options[step]];
    const double end = start[step] + taken.seconds;
    result.total.seconds = std::max(result.total.seconds, end);
    for (const workflow::StepId next : problem.graph.successors[step])
      start[next] = std::max(start[next], end);
  }
  // In the order of the steps, so that the sum does not depend on the graph.
  for (std::size_t step = 0; step < options.size(); ++step)
    result.total.usd += problem.options[step][options[step]].usd;
  result.options = std::move(options);
  return result;
}

}  // namespace stepconf::solver
