#include "stepconf/cli/plan_frontier.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>

#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/cli/main.h"
#include "stepconf/cli/plan_report.h"
#include "stepconf/cli/time_limit.h"
#include "stepconf/optimizer/budget.h"
#include "stepconf/optimizer/problem_of.h"
#include "stepconf/report/table.h"

namespace stepconf::cli {
namespace {

// Points of a workflow that is not series-parallel, each of which is searched for; and of a table
// that fits on a screen.
constexpr int kSearchedPoints = 200;
constexpr std::size_t kRows = 24;

std::string table_of(const std::vector<solver::Point>& points) {
  using report::Align;
  report::Table table({{"takes", Align::right}, {"costs", Align::right}});
  const std::size_t rows = std::min(kRows, points.size());
  for (std::size_t row = 0; row < rows; ++row) {
    // Evenly, the first and the last among them.
    const std::size_t at = rows < 2 ? 0 : row * (points.size() - 1) / (rows - 1);
    table.add({format_duration(Seconds(points[at].seconds)), report::format_usd(points[at].usd)});
  }
  std::string text = table.text();
  if (rows < points.size())
    text += fmt::format("\n{} of {} points; --json prints all.\n", rows, points.size());
  return text;
}

// What the list lacks and why; whole lines, or nothing.
std::string shortcomings(const solver::FrontierList& list, double epsilon, Seconds search_time) {
  if (list.complete) return "";
  std::string text = "\n";
  if (list.out_of_time) {
    text += fmt::format("The search time of {} left points out; --search-time gives more.",
                        format_duration(search_time));
  } else if (epsilon > 0) {
    text += "Points are left out as --epsilon asked.";
  } else {
    text += fmt::format("There are more than {} points, or some are hard to find: a selection.",
                        kSearchedPoints);
  }
  if (std::isinf(list.excess)) {
    text += " By how much those listed cost more than the least is not known.";
  } else if (list.excess > 0) {
    text += fmt::format(" Those listed cost at most {:.2g} % more than the least for their time.",
                        100 * list.excess);
  }
  return text + "\n";
}

}  // namespace

int print_frontier(optimizer::Frontiers& frontiers, double epsilon, const Printing& printing) {
  const solver::Problem problem = optimizer::problem_of(frontiers);
  const auto solver = solver::make_solver(
      problem, {.epsilon = epsilon, .out_of_time = out_of_time_after(printing.search_time)});
  const solver::FrontierList found = solver->frontier(kSearchedPoints);
  if (printing.json) {
    OrderedJson list = OrderedJson::array();
    for (const solver::Point& point : found.points)
      list.push_back({{"duration_s", point.seconds}, {"cost_usd", point.usd}});
    const OrderedJson excess = std::isinf(found.excess) ? OrderedJson() : OrderedJson(found.excess);
    std::cout << OrderedJson{{"frontier", std::move(list)},
                             {"complete", found.complete},
                             {"excess", excess},
                             {"out_of_time", found.out_of_time}}
                     .dump(2)
              << "\n";
    return kDone;
  }
  std::cout << table_of(found.points) << shortcomings(found, epsilon, printing.search_time);
  return kDone;
}

int print_plan_within(optimizer::Frontiers& frontiers, Usd budget, const std::string& strategy,
                      const Printing& printing) {
  cache::InMemoryCache cache;
  const optimizer::BudgetPlan found =
      optimizer::plan_within(frontiers, budget, cache, out_of_time_after(printing.search_time));
  const PlanGoal goal{.budget = budget};
  if (printing.json) {
    OrderedJson document = to_json(found.plan, frontiers.workflow(), strategy, goal);
    document["lower_bound_s"] = found.lower_bound.count();
    std::cout << document.dump(2) << "\n";
  } else {
    if (printing.explain) print_explanations(found.plan, frontiers.workflow(), goal);
    print(found.plan, frontiers.workflow(), strategy, goal);
  }
  return found.plan.feasible ? kDone : kSloMissed;
}

}  // namespace stepconf::cli
