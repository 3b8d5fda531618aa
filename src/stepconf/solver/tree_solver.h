#pragma once

#include <memory>

#include "stepconf/solver/problem.h"
#include "stepconf/workflow/series_parallel.h"

namespace stepconf::solver {

/// Solves series-parallel problems by the Pareto curves of their sub-trees. A choice counts as
/// parallel: its ways are planned for side by side, at costs that the problem has weighted already.
///
/// One limit: the relaxation in which options may be mixed is solved in O(N log N) for N options in
/// all, and gives a lower bound, a first solution, and for each point of each sub-tree's curve a
/// bound on what the whole would cost with it. Few points survive. Without epsilon the answer is
/// exact, unless the curves outgrow what memory allows (then `proved` is false); with epsilon the
/// search stops at the first solution that is certified to be within it.
///
/// `problem` must outlive the solver; `tree` is its series-parallel tree.
std::unique_ptr<Solver> make_tree_solver(const Problem& problem,
                                         const workflow::SeriesParallelTree& tree,
                                         const SolverOptions& options = {});

}  // namespace stepconf::solver
