#pragma once

#include <memory>

#include "stepconf/solver/problem.h"

namespace stepconf::solver {

/// Solves problems of any shape: contracts series-parallel parts (contraction.h) and searches what
/// is left by branch and bound (branch_and_bound.h). Exact however small `options.epsilon`, which
/// is not used; a search that is ended by `options.out_of_time` returns the best assignment known
/// and a valid lower bound. fastest_within halves the interval of possible times, each half by a
/// search that ends once it finds anything within the budget. frontier searches each point under a
/// limit on nodes, so its points may be dearer than the least.
///
/// `problem` must outlive the solver. Throws InvalidWorkflow where the graph has a cycle.
std::unique_ptr<Solver> make_dag_solver(const Problem& problem, const SolverOptions& options = {});

}  // namespace stepconf::solver
