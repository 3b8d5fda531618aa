#include "stepconf/optimizer/plan.h"

#include <fmt/format.h>

#include <iostream>
#include <limits>

#include "stepconf/base/error.h"
#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/cli/main.h"
#include "stepconf/cli/plan_file.h"
#include "stepconf/cli/plan_percentile.h"
#include "stepconf/cli/verbs.h"
#include "stepconf/cli/workspace.h"
#include "stepconf/optimizer/decision_json.h"
#include "stepconf/report/explanation.h"
#include "stepconf/report/table.h"

namespace stepconf::cli {
namespace {

struct PlanArguments {
  std::filesystem::path project = ".";
  std::filesystem::path models;
  std::filesystem::path save, load;
  std::string strategy;
  std::string slo;
  std::vector<std::string> fixed;
  bool explain = false;
  bool json = false;
};

// Absent where nothing needs an SLO.
using Slo = std::optional<Seconds>;

OrderedJson to_json(const optimizer::Plan& plan, const workflow::Workflow& workflow,
                    const std::string& strategy, const Slo& slo) {
  OrderedJson steps = OrderedJson::array();
  OrderedJson foreign = OrderedJson::array();
  for (std::size_t index = 0; index < plan.steps.size(); ++index) {
    const optimizer::PlannedStep& step = plan.steps[index];
    OrderedJson entry = {{"name", workflow.steps[index].name}};
    const double probability = workflow.steps[index].probability;
    if (probability < 1) entry["probability"] = probability;
    if (workflow.steps[index].is_foreign()) {
      entry["start_s"] = step.start.count();
      entry["duration_s"] = step.duration.count();
      foreign.push_back(std::move(entry));
      continue;
    }
    if (step.configuration) {
      entry["memory_mb"] = step.configuration->memory.value;
      entry["instances"] = step.configuration->instances;
      entry["processes"] = step.configuration->processes;
    }
    entry["start_s"] = step.start.count();
    entry["duration_s"] = step.duration.count();
    entry["cost_usd"] = step.cost.value;
    entry["sub_slo_s"] = step.sub_slo ? OrderedJson(step.sub_slo->count()) : OrderedJson(nullptr);
    if (!step.reason.empty()) entry["reason"] = step.reason;
    if (step.decision) entry.update(optimizer::why_to_json(*step.decision));
    steps.push_back(std::move(entry));
  }
  OrderedJson document = {{"strategy", strategy},
                          {"slo_s", slo ? OrderedJson(slo->count()) : OrderedJson(nullptr)},
                          {"feasible", plan.feasible},
                          {"duration_s", plan.duration.count()},
                          {"cost_usd", plan.cost.value}};
  if (plan.proved_optimal) document["proved_optimal"] = *plan.proved_optimal;
  if (plan.lower_bound) document["lower_bound_usd"] = plan.lower_bound->value;
  document["steps"] = std::move(steps);
  if (!foreign.empty()) document["foreign"] = std::move(foreign);
  return document;
}

// Says in how many executions a step runs where not in all.
std::string name_of(const workflow::Step& step) {
  return step.probability < 1 ? fmt::format("{} ({:.3g} %)", step.name, step.probability * 100)
                              : step.name;
}

void print(const optimizer::Plan& plan, const workflow::Workflow& workflow,
           const std::string& strategy, const Slo& slo) {
  using report::Align;
  report::Table table({{"step"},
                       {"MB", Align::right},
                       {"instances", Align::right},
                       {"processes", Align::right},
                       {"start", Align::right},
                       {"takes", Align::right},
                       {"may take", Align::right},
                       {"cost", Align::right},
                       {"why"}});
  for (std::size_t index = 0; index < plan.steps.size(); ++index) {
    const optimizer::PlannedStep& step = plan.steps[index];
    const auto& chosen = step.configuration;
    table.add({name_of(workflow.steps[index]), chosen ? std::to_string(chosen->memory.value) : "-",
               chosen ? std::to_string(chosen->instances) : "-",
               chosen ? std::to_string(chosen->processes) : "-", format_duration(step.start),
               format_duration(step.duration), step.sub_slo ? format_duration(*step.sub_slo) : "-",
               report::format_usd(step.cost.value), step.reason});
  }
  std::cout << table.text();
  std::cout << fmt::format("\n{}: {}{}, {}\n", strategy, format_duration(plan.duration),
                           slo ? " of " + format_duration(*slo) : "",
                           report::format_usd(plan.cost.value));
  if (!plan.feasible) {
    std::cout << fmt::format("The SLO cannot be met: this {} is {} too slow.\n",
                             plan.fastest ? "fastest plan" : "plan",
                             format_duration(plan.duration - *slo));
  } else if (plan.fastest && slo) {
    std::cout << "The strategy's own plan misses the SLO; this fastest plan meets it.\n";
  }
}

void print_explanations(const optimizer::Plan& plan, const workflow::Workflow& workflow,
                        const Slo& slo) {
  for (std::size_t index = 0; index < plan.steps.size(); ++index) {
    const optimizer::PlannedStep& step = plan.steps[index];
    if (!step.decision) continue;
    const workflow::Step& what = workflow.steps[index];
    std::cout << report::explanation({what.name, what.jobs, step.start, slo}, *step.decision)
              << "\n";
  }
}

bool all_fixed(const optimizer::Frontiers& frontiers) {
  const workflow::Workflow& workflow = frontiers.workflow();
  for (workflow::StepId id = 0; id < workflow.graph.size(); ++id) {
    if (!workflow.steps[id].is_foreign() && !frontiers.is_fixed(id)) return false;
  }
  return true;
}

std::string why_no_slo(const project::Project& project) {
  const std::string file = project.file.string();
  return project.slo.path.empty()
             ? fmt::format("{}: lacks \"slo\"; give one there or with --slo 20s", file)
             : fmt::format(
                   "{}: slo: is taken from an execution's input and lacks \"default\", "
                   "which planning needs; give one there or with --slo 20s",
                   file);
}

std::string strategy_help() {
  std::string help = "How to choose; default the project's. Known:";
  for (const optimizer::StrategyEntry& entry : optimizer::strategies()) {
    help += fmt::format(" {}: {};", entry.name, entry.description);
  }
  help.pop_back();
  return help;
}

int plan_verb(const PlanArguments& arguments) {
  Workspace workspace =
      open_workspace(arguments.project, arguments.models,
                     arguments.load.empty() ? ModelsAre::needed : ModelsAre::ignored);
  if (!arguments.load.empty()) use_plan(workspace, arguments.load);
  if (!arguments.save.empty())
    save_plan(workspace, arguments.slo, arguments.strategy, arguments.save);
  const Slo slo = slo_of(workspace.project, arguments.slo, nullptr);
  const std::string strategy = strategy_of(workspace, arguments.strategy);
  std::vector<optimizer::FixedConfiguration> fixed;
  for (const std::string& text : arguments.fixed) fixed.push_back(optimizer::parse_fixed(text));
  optimizer::Frontiers frontiers(workspace.workflow, workspace.choices(), fixed);
  if (!slo && !all_fixed(frontiers)) throw InvalidInput(why_no_slo(workspace.project));
  cache::InMemoryCache cache;
  const optimizer::StrategyInputs inputs{.frontiers = frontiers,
                                         .slo = slo.value_or(Seconds(0)),
                                         .headroom = workspace.project.headroom,
                                         .target = workspace.project.target,
                                         .scatter = workspace.scatter.get()};
  const auto policy = slo ? optimizer::prepare(strategy, inputs) : nullptr;
  const optimizer::Plan plan =
      slo ? optimizer::plan(*policy, inputs, cache)
          // With every step fixed there is nothing left that an SLO could decide.
          : optimizer::fastest_plan(frontiers, Seconds(std::numeric_limits<double>::infinity()));
  auto* percentile = dynamic_cast<optimizer::PercentilePolicy*>(policy.get());
  if (arguments.json) {
    OrderedJson document = to_json(plan, workspace.workflow, strategy, slo);
    if (percentile) add_to(document, percentile->summary());
    std::cout << document.dump(2) << "\n";
  } else {
    if (arguments.explain) print_explanations(plan, workspace.workflow, slo);
    print(plan, workspace.workflow, strategy, slo);
    if (percentile) std::cout << describe(percentile->summary());
  }
  return plan.feasible ? kDone : kSloMissed;
}

}  // namespace

void add_plan(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<PlanArguments>();
  CLI::App* verb = app.add_subcommand(
      "plan", "Show what would be chosen for each step if every duration came out as predicted");
  add_project(*verb, arguments->project);
  verb->add_option("--strategy", arguments->strategy, strategy_help())->check(not_empty);
  verb->add_option("--slo", arguments->slo,
                   "Time allowed end to end, for example 20s; default the project's")
      ->check(not_empty);
  verb->add_option("--fix", arguments->fixed,
                   "Give a step its configuration: NAME=MEMORYxINSTANCESxPROCESSES, for example "
                   "Upscale=1024x4x1; may be "
                   "repeated. With every step fixed, predicts the workflow as it is")
      ->allow_extra_args(false);
  CLI::Option* models =
      verb->add_option("--models", arguments->models, "Models file; default the project's");
  verb->add_option("--save", arguments->save,
                   "Write a plan file too: all that decisions rest on, prepared, for `run --plan`")
      ->check(not_empty);
  verb->add_option("--load", arguments->load,
                   "Plan by such a file instead of by the project's models and settings")
      ->check(not_empty)
      ->excludes(models);
  verb->add_flag("--explain", arguments->explain,
                 "Explain each decision: the time left, what bound the choice, the next cheaper "
                 "option and what it would have risked");
  verb->add_flag("--json", arguments->json, "Print one JSON document instead of a table");
  verb->callback([arguments, &status] { status = plan_verb(*arguments); });
}

}  // namespace stepconf::cli
