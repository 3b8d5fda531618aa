#include "stepconf/cli/run_recording.h"

#include <fmt/format.h>

#include <iostream>

#include "stepconf/cli/run_report.h"
#include "stepconf/compiled/workflow_identity.h"
#include "stepconf/percentile/price.h"
#include "stepconf/store/run_history.h"

namespace stepconf::cli {

std::optional<double> kept_price(const Workspace& workspace, Seconds slo) {
  const std::filesystem::path file = store::run_history_file(workspace.project.folder);
  std::error_code ignored;
  // Asking makes no file.
  if (!std::filesystem::exists(file, ignored)) return std::nullopt;
  try {
    return store::RunHistory(file).price(
        {compiled::identity(workspace.workflow), slo, workspace.project.target});
  } catch (const std::exception& error) {
    std::cerr << fmt::format("warning: the run history was not read: {}\n", error.what());
    return std::nullopt;
  }
}

void record_run(const Workspace& workspace, const executor::RunSummary& summary,
                const RunFacts& facts) {
  if (summary.status == executor::RunStatus::interrupted) return;
  const bool succeeded = summary.status == executor::RunStatus::succeeded;
  const double target = workspace.project.target;
  try {
    const std::string workflow = compiled::identity(workspace.workflow);
    store::RunHistory history(store::run_history_file(workspace.project.folder));
    history.add({.started_at = std::chrono::floor<std::chrono::seconds>(facts.execution.started),
                 .execution = facts.execution.name,
                 .workflow = workflow,
                 .slo = facts.slo,
                 .target = target,
                 .strategy = facts.strategy,
                 .status = succeeded ? "succeeded" : "failed",
                 .met = met_slo(summary, facts.slo),
                 .duration = summary.duration,
                 .cost = summary.cost,
                 .log_price = facts.log_price});
    if (!facts.log_price || !facts.slo || !succeeded) return;
    const bool met = met_slo(summary, facts.slo);
    history.move_price({workflow, *facts.slo, target}, [&](std::optional<double> kept) {
      return percentile::moved_price(kept.value_or(*facts.log_price), met, target);
    });
  } catch (const std::exception& error) {
    std::cerr << fmt::format("warning: the run history was not written: {}\n", error.what());
  }
}

}  // namespace stepconf::cli
