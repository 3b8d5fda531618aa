#include "stepconf/optimizer/plan.h"

#include <fmt/format.h>

#include <iostream>
#include <limits>

#include "stepconf/base/error.h"
#include "stepconf/cache/in_memory_cache.h"
#include "stepconf/cli/decision_charge.h"
#include "stepconf/cli/main.h"
#include "stepconf/cli/plan_file.h"
#include "stepconf/cli/plan_frontier.h"
#include "stepconf/cli/plan_percentile.h"
#include "stepconf/cli/plan_report.h"
#include "stepconf/cli/time_limit.h"
#include "stepconf/cli/verbs.h"
#include "stepconf/cli/workspace.h"

namespace stepconf::cli {
namespace {

struct PlanArguments {
  std::filesystem::path project = ".";
  std::filesystem::path models;
  std::filesystem::path save, load;
  std::string strategy;
  std::string slo;
  std::string search_time;
  std::vector<std::string> fixed;
  std::optional<double> budget;
  double epsilon = 0;
  bool frontier = false;
  bool explain = false;
  bool json = false;
};

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

// The strategy that answers for a budget. If every duration comes out as predicted, exact does what
// optimal planned.
std::string strategy_within_budget(const PlanArguments& arguments) {
  if (!arguments.slo.empty())
    throw InvalidInput("--slo and --budget cannot both be kept to: give one");
  if (arguments.strategy.empty() || arguments.strategy == "optimal") return "optimal";
  if (arguments.strategy == "exact") return "exact";
  throw InvalidInput(fmt::format(
      "--budget is kept by the strategies optimal and exact, not by {}; leave --strategy out",
      arguments.strategy));
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
  const std::string within_budget = arguments.budget ? strategy_within_budget(arguments) : "";
  Workspace workspace =
      open_workspace(arguments.project, arguments.models,
                     arguments.load.empty() ? ModelsAre::needed : ModelsAre::ignored);
  if (!arguments.load.empty()) use_plan(workspace, arguments.load);
  if (!arguments.save.empty())
    save_plan(workspace, arguments.slo, arguments.strategy, arguments.save,
              decisions_in_simulation(workspace));
  std::vector<optimizer::FixedConfiguration> fixed;
  for (const std::string& text : arguments.fixed) fixed.push_back(optimizer::parse_fixed(text));
  const Printing printing{
      .json = arguments.json,
      .explain = arguments.explain,
      .search_time = arguments.search_time.empty()
                         ? kSolverTime
                         : parse_duration(arguments.search_time, "--search-time")};
  if (arguments.frontier || arguments.budget) {
    optimizer::Frontiers frontiers(workspace.workflow, workspace.choices(), fixed);
    if (arguments.frontier) return print_frontier(frontiers, arguments.epsilon, printing);
    return print_plan_within(frontiers, Usd{*arguments.budget}, within_budget, printing);
  }
  const PlanGoal goal{.slo = slo_of(workspace.project, arguments.slo, nullptr)};
  const auto& slo = goal.slo;
  const std::string strategy = strategy_of(workspace, arguments.strategy);
  const Planned planned(workspace, strategy);
  optimizer::Frontiers frontiers(workspace.workflow, planned.options(), fixed);
  if (!slo && !all_fixed(frontiers)) throw InvalidInput(why_no_slo(workspace.project));
  cache::InMemoryCache cache;
  const optimizer::StrategyInputs inputs{
      .frontiers = frontiers,
      .slo = slo.value_or(Seconds(0)),
      .headroom = workspace.project.headroom,
      .target = workspace.project.target,
      .scatter = planned.scatter(),
      .prepared = planned.charged() ? std::string_view() : workspace.prepared_for(strategy),
      .out_of_time = out_of_time_after(printing.search_time)};
  const auto policy = slo ? optimizer::prepare(strategy, inputs) : nullptr;
  const optimizer::Plan plan =
      slo ? optimizer::plan(*policy, inputs, cache)
          // With every step fixed there is nothing left that an SLO could decide.
          : optimizer::fastest_plan(frontiers, Seconds(std::numeric_limits<double>::infinity()));
  if (slo) std::cerr << compare_with_static(planned, workspace, plan, *slo, fixed);
  auto* percentile = dynamic_cast<optimizer::PercentilePolicy*>(policy.get());
  if (arguments.json) {
    OrderedJson document = to_json(plan, workspace.workflow, strategy, goal);
    if (percentile) add_to(document, percentile->summary());
    std::cout << document.dump(2) << "\n";
  } else {
    if (arguments.explain) print_explanations(plan, workspace.workflow, goal);
    print(plan, workspace.workflow, strategy, goal);
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
  CLI::Option* strategy =
      verb->add_option("--strategy", arguments->strategy, strategy_help())->check(not_empty);
  CLI::Option* slo =
      verb->add_option("--slo", arguments->slo,
                       "Time allowed end to end, for example 20s; default the project's")
          ->check(not_empty);
  CLI::Option* budget = verb->add_option(
      "--budget", arguments->budget,
      "Plan for the least time that costs at most so many USD, instead of for an SLO: the optimum");
  CLI::Option* frontier =
      verb->add_flag("--frontier", arguments->frontier,
                     "Show what the workflow can take and then costs at least, from the fastest "
                     "plan to the cheapest")
          ->excludes(strategy)
          ->excludes(slo)
          ->excludes(budget);
  verb->add_option("--epsilon", arguments->epsilon,
                   "Thin the frontier of a series-parallel workflow so that no point costs more "
                   "than 1 + this times the least; default 0, every point")
      ->check(CLI::Range(0.0, 1.0))
      ->needs(frontier);
  verb->add_option("--fix", arguments->fixed,
                   "Give a step its configuration: NAME=MEMORYxINSTANCESxPROCESSES, for example "
                   "Upscale=1024x4x1; may be "
                   "repeated. With every step fixed, predicts the workflow as it is")
      ->allow_extra_args(false);
  verb->add_option("--search-time", arguments->search_time,
                   "How long the exact solvers may search where the workflow is not "
                   "series-parallel, and a frontier may take; default 10s")
      ->check(not_empty);
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
