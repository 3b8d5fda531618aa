#include "stepconf/solver/dag_solver.h"
#include "stepconf/solver/problem.h"
#include "stepconf/solver/tree_solver.h"

namespace stepconf::solver {

std::unique_ptr<Solver> make_solver(const Problem& problem, const SolverOptions& options) {
  const auto tree = workflow::series_parallel_tree(problem.graph);
  return tree ? make_tree_solver(problem, *tree, options) : make_dag_solver(problem, options);
}

}  // namespace stepconf::solver
