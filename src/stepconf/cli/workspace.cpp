#include "stepconf/cli/workspace.h"

#include <fmt/format.h>

#include <cmath>
#include <iostream>
#include <set>

#include "stepconf/asl/path.h"
#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/base/suggest.h"
#include "stepconf/estimator/model_scatter.h"
#include "stepconf/machine/planning_outline.h"
#include "stepconf/optimizer/default_strategy.h"
#include "stepconf/optimizer/strategies.h"
#include "stepconf/workflow/from_asl.h"
#include "stepconf/workflow/from_steps.h"

namespace stepconf::cli {
namespace {

pricing::PriceSheet prices_of(const project::Project& project) {
  const project::Pricing& pricing = project.pricing;
  try {
    return pricing::price_sheet(pricing.region, pricing.architecture,
                                pricing::parse_orchestrator(pricing.orchestrator),
                                {.usd_per_gb_second = pricing.usd_per_gb_second,
                                 .usd_per_request = pricing.usd_per_request,
                                 .usd_per_transition = pricing.usd_per_transition});
  } catch (const InvalidInput& error) {
    throw InvalidInput(fmt::format("{}: pricing: {}", project.file.string(), error.what()));
  }
}

// A misspelt function in the project file would otherwise be noticed only when its step runs.
void check_functions(const project::Project& project, const workflow::Workflow& workflow) {
  std::set<std::string_view> used;
  for (const workflow::Step& step : workflow.steps) {
    if (!step.is_foreign()) used.insert(step.function);
  }
  const std::vector<std::string_view> known(used.begin(), used.end());
  for (const auto& [name, function] : project.functions) {
    if (used.contains(name)) continue;
    const std::string meant = nearest(name, known);
    throw InvalidInput(fmt::format(
        "{}: functions.{}: no step of the workflow calls this function{}", project.file.string(),
        name, meant.empty() ? "" : fmt::format("; did you mean {}?", meant)));
  }
}

std::unique_ptr<estimator::ModelOptions> options_of(const Workspace& workspace,
                                                    estimator::Models models) {
  std::map<std::string, estimator::ConfigurationSpace> overrides;
  for (const auto& [name, function] : workspace.project.functions) {
    overrides[name] = project::configuration_space(workspace.project, name);
  }
  return std::make_unique<estimator::ModelOptions>(
      std::move(models), workspace.prices, workspace.project.configurations, std::move(overrides),
      workspace.project.paper_cost ? estimator::CostRule::paper : estimator::CostRule::billed);
}

// Absent where there are none and need not be.
std::optional<estimator::Models> read_models(const project::Project& project,
                                             const std::filesystem::path& named,
                                             ModelsAre models_are) {
  if (models_are == ModelsAre::ignored) return std::nullopt;
  if (named.empty() && !project.models) {
    if (models_are == ModelsAre::welcome) return std::nullopt;
    throw InvalidInput(
        fmt::format("{}: lacks \"models\"; make a models file with `stepconf fit` and "
                    "name it, for example models: models.json",
                    project.file.string()));
  }
  const std::filesystem::path& file = named.empty() ? *project.models : named;
  if (named.empty() && !std::filesystem::exists(file)) {
    const std::string missing =
        fmt::format("{}: there is no such file yet; `stepconf profile` and `stepconf fit` make it",
                    file.string());
    if (models_are == ModelsAre::needed) throw InvalidInput(missing);
    std::cerr << missing << "\n";
    return std::nullopt;
  }
  return estimator::parse_models(read_file(file), file.string());
}

workflow::Workflow workflow_of(const Workspace& workspace,
                               const std::optional<estimator::Models>& models) {
  const project::Project& project = workspace.project;
  if (!workspace.machine) return workflow::from_steps(project.steps, project.file.string());
  workflow::PlanningHints hints{.jobs = project.jobs,
                                .foreign = project.foreign,
                                .choices = project.choices,
                                .source = project.file.string()};
  if (models) hints.learnt_choices = models->choices;
  return workflow::from_state_machine(*workspace.machine, hints);
}

// Absent where not even the outline can be read.
std::optional<asl::StateMachine> read_outline(const std::string& definition,
                                              const std::string& source) {
  try {
    return asl::StateMachine::parse(machine::planning_outline(definition, source), source);
  } catch (const InvalidInput&) {
    return std::nullopt;
  }
}

asl::StateMachine read_machine(const std::filesystem::path& file, ReadTo read_to) {
  const std::string definition = read_file(file);
  try {
    return asl::StateMachine::parse(definition, file.string());
  } catch (const InvalidInput& error) {
    if (read_to == ReadTo::run) throw;
    auto outline = read_outline(definition, file.string());
    if (!outline) throw;
    std::cerr << fmt::format(
        "{}\nThat is for Step Functions to run, not for this program: planned by the states and "
        "the ways between them.\n",
        error.what());
    return *std::move(outline);
  }
}

bool runs_on_step_functions(const project::PlatformChoice& platform) {
  return platform.kind == "lambda" && platform.dispatch == "step-functions";
}

}  // namespace

void set_options(Workspace& workspace, std::unique_ptr<estimator::ModelOptions> options) {
  workspace.options = std::move(options);
  workspace.scatter = std::make_unique<estimator::ModelScatter>(*workspace.options);
}

Workspace open_workspace(const std::filesystem::path& project, const std::filesystem::path& models,
                         ModelsAre models_are, ReadTo read_to) {
  Workspace workspace;
  workspace.project = project::load_project(project);
  const project::Project& opened = workspace.project;
  if (opened.workflow) {
    workspace.machine = read_machine(
        *opened.workflow, runs_on_step_functions(opened.platform) ? ReadTo::plan : read_to);
  }
  std::optional<estimator::Models> learnt = read_models(opened, models, models_are);
  workspace.workflow = workflow_of(workspace, learnt);
  check_functions(opened, workspace.workflow);
  workspace.prices = prices_of(opened);
  if (learnt) set_options(workspace, options_of(workspace, *std::move(learnt)));
  return workspace;
}

namespace {

std::string default_of(const Workspace& workspace) {
  if (!workspace.options) return "stepconf";
  const optimizer::DefaultStrategy chosen = optimizer::default_strategy(
      workspace.options->models(), workspace.workflow, workspace.project.target);
  if (!chosen.why_not.empty()) {
    std::cerr << fmt::format("Strategy {} instead of percentile: {}.\n", chosen.name,
                             chosen.why_not);
  }
  return chosen.name;
}

}  // namespace

std::string strategy_of(const Workspace& workspace, const std::string& option) {
  const project::Project& project = workspace.project;
  if (option.empty() && !project.strategy) return default_of(workspace);
  const std::string place =
      option.empty() ? fmt::format("{}: strategy: ", project.file.string()) : "--strategy: ";
  const std::string& name = option.empty() ? *project.strategy : option;
  try {
    return std::string(optimizer::find_strategy(name).name);
  } catch (const InvalidInput& error) {
    throw InvalidInput(place + error.what());
  }
}

std::optional<Seconds> slo_of(const project::Project& project, const std::string& option,
                              const Json* input) {
  if (!option.empty()) {
    const Seconds slo = parse_duration(option, "--slo");
    if (slo <= Seconds(0)) {
      throw InvalidInput(fmt::format("--slo is \"{}\", must be more than 0", option));
    }
    return slo;
  }
  if (project.slo.path.empty() || input == nullptr) return project.slo.fixed;
  const Json no_context = Json::object();
  const auto found = asl::Path::parse(project.slo.path).find({*input, no_context});
  if (!found) return project.slo.fixed;
  if (!found->is_number() || !std::isfinite(found->get<double>()) || found->get<double>() <= 0) {
    throw InvalidInput(fmt::format("the input's {} is {}, must be a number of seconds, more than 0",
                                   project.slo.path, found->dump()));
  }
  return Seconds(found->get<double>());
}

}  // namespace stepconf::cli
