#pragma once

#include <string>

#include "stepconf/base/units.h"
#include "stepconf/optimizer/frontier.h"

namespace stepconf::cli {

/// How a curve or plan is printed.
struct Printing {
  bool json = false;
  /// Each step's choice too.
  bool explain = false;
  /// How long may be searched, of wall time.
  Seconds search_time{0};
};

/// Prints what the whole workflow may take and then costs, `plan --frontier`: every point of the
/// Pareto frontier where the workflow is series-parallel and `epsilon` is 0, fewer where it is not;
/// as a table a selection of them. Says where points are missing or not proved, and why. Returns
/// the exit status.
int print_frontier(optimizer::Frontiers& frontiers, double epsilon, const Printing& printing);

/// Prints the fastest plan that costs at most `budget`, `plan --budget`; the cheapest where none
/// does. `strategy` is the name to print it under. Returns the exit status. Throws InvalidInput for
/// a negative budget.
int print_plan_within(optimizer::Frontiers& frontiers, Usd budget, const std::string& strategy,
                      const Printing& printing);

}  // namespace stepconf::cli
