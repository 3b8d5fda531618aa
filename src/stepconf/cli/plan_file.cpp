#include "stepconf/cli/plan_file.h"

#include <fmt/format.h>

#include <iostream>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/compiled/container.h"
#include "stepconf/compiled/prepared_policy.h"
#include "stepconf/compiled/workflow_identity.h"

namespace stepconf::cli {
namespace {

// So many digits of the hash tell plans apart for people.
constexpr std::size_t kShortHash = 12;

std::string name_of(std::string_view bytes) {
  return compiled::hash_of(bytes).substr(0, kShortHash);
}

}  // namespace

std::string plan_bytes(const Workspace& workspace, const std::string& slo,
                       const std::string& strategy, DecisionsAre decisions) {
  const project::Project& project = workspace.project;
  compiled::Goal goal{slo_of(project, slo, nullptr),
                      slo.empty() ? project.slo.path : "",
                      project.target,
                      project.headroom,
                      strategy_of(workspace, strategy),
                      decisions == DecisionsAre::charged};
  compiled::CompiledPlan plan = compiled::compile("stepconf " STEPCONF_VERSION, workspace.workflow,
                                                  std::move(goal), *workspace.options);
  compiled::prepare_policy(plan);
  return compiled::to_bytes(plan);
}

void save_plan(const Workspace& workspace, const std::string& slo, const std::string& strategy,
               const std::filesystem::path& file, DecisionsAre decisions) {
  const std::string bytes = plan_bytes(workspace, slo, strategy, decisions);
  write_file(file, bytes);
  std::cerr << fmt::format(
      "{}: plan {}, {} kB, prepared for up to {:g} times the jobs expected; `stepconf run --plan` "
      "runs by it\n",
      file.string(), name_of(bytes), (bytes.size() + 999) / 1000, compiled::kPreparedMultiple);
}

DecisionsAre decisions_in_simulation(const Workspace& workspace) {
  const auto& simulation = workspace.project.simulation;
  return simulation && simulation->decisions_charged ? DecisionsAre::charged : DecisionsAre::free;
}

DecisionsAre decisions_deployed(const Workspace& workspace) {
  return workspace.prices.orchestrator == pricing::Orchestrator::standard ? DecisionsAre::charged
                                                                          : DecisionsAre::free;
}

void use_plan(Workspace& workspace, const std::filesystem::path& file) {
  const std::string bytes = read_file(file);
  workspace.plan = std::make_unique<const compiled::CompiledPlan>(
      compiled::plan_from_bytes(bytes, file.string()));
  const compiled::CompiledPlan& plan = *workspace.plan;
  if (const std::string what = compiled::difference(plan.workflow, workspace.workflow);
      !what.empty()) {
    throw InvalidInput(fmt::format(
        "{}: was made for another workflow than {}: {}; make a new one with `stepconf plan --save`",
        file.string(), workspace.project.file.string(), what));
  }
  workspace.workflow = plan.workflow;
  workspace.prices = plan.options->prices();
  set_options(workspace, std::make_unique<estimator::ModelOptions>(*plan.options));
  workspace.prepared = std::make_unique<compiled::CompiledOptions>(plan);
  project::Project& project = workspace.project;
  project.slo = {plan.goal.slo, plan.goal.slo_path};
  project.target = plan.goal.target;
  project.headroom = plan.goal.headroom;
  project.strategy = plan.goal.strategy;
  project.paper_cost = plan.options->cost_rule() == estimator::CostRule::paper;
  std::cerr << fmt::format("{}: plan {}, made by {}\n", file.string(), name_of(bytes),
                           plan.made_by);
}

}  // namespace stepconf::cli
