#include "stepconf/cli/decision_charge.h"

#include <fmt/format.h>

#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/cli/beliefs.h"
#include "stepconf/report/table.h"

namespace stepconf::cli {

Planned::Planned(const Workspace& workspace, std::string_view strategy) : workspace_(workspace) {
  const auto charge = charge_of(workspace);
  const bool pays = optimizer::find_strategy(strategy).decides == optimizer::Decides::at_each_step;
  if (!charge || !pays) return;
  charged_.emplace(workspace.choices(), *charge);
  if (workspace.scatter) charged_scatter_.emplace(*workspace.scatter, *charge);
}

const estimator::OptionSource& Planned::options() const {
  if (charged_) return *charged_;
  return workspace_.choices();
}

const estimator::ScatterSource* Planned::scatter() const {
  if (charged_scatter_) return &*charged_scatter_;
  return workspace_.scatter.get();
}

std::string compare_with_static(const Planned& planned, const Workspace& workspace,
                                const optimizer::Plan& plan, Seconds slo,
                                const std::vector<optimizer::FixedConfiguration>& fixed) {
  if (!planned.charged()) return "";
  optimizer::Frontiers frontiers(workspace.workflow, workspace.choices(), fixed);
  cache::InMemoryCache cache;
  const optimizer::Plan beforehand = optimizer::plan("optimal",
                                                     {.frontiers = frontiers,
                                                      .slo = slo,
                                                      .headroom = workspace.project.headroom,
                                                      .target = workspace.project.target},
                                                     cache);
  if (!beforehand.feasible) return "";
  const std::string of_it =
      fmt::format("a plan made beforehand (optimal) pays for no decisions: {}, {}",
                  format_duration(beforehand.duration), report::format_usd(beforehand.cost.value));
  if (!plan.feasible) return fmt::format("Decisions are charged; {}, and meets the SLO.\n", of_it);
  if (beforehand.cost < plan.cost) {
    return fmt::format(
        "Decisions are charged; {}, {:.1f} % less. It wins unless durations scatter so much that "
        "deciding anew saves more: `stepconf simulate` tells.\n",
        of_it, 100 * (1 - beforehand.cost.value / plan.cost.value));
  }
  return fmt::format("Decisions are charged; {}.\n", of_it);
}

}  // namespace stepconf::cli
