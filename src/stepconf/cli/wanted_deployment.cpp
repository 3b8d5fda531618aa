#include "stepconf/cli/wanted_deployment.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/cli/cache_kind.h"
#include "stepconf/cli/lambda_packages.h"
#include "stepconf/cli/plan_file.h"
#include "stepconf/cli/step_choices.h"
#include "stepconf/cli/users_workflow.h"
#include "stepconf/cli/workspace.h"
#include "stepconf/machine/deployment_file.h"

namespace stepconf::cli {
namespace {

using CacheKind = configurator::CacheSettings::Kind;

// The copies of functions, and what they are called by.
struct Copies {
  std::map<std::string, deploy::WrapperPackage> wrappers_by_architecture{};
  std::vector<deploy::WantedFunction> functions{};
  std::map<std::string, std::map<MemoryMb, std::string>> arns{};
};

Copies copies_of(std::map<std::string, deploy::CopiedFunction> functions,
                 const StepChoices& choices, const std::string& steps_file,
                 const LambdaPackages& packages, const deploy::DeploymentNames& names) {
  std::map<std::string, std::set<MemoryMb>> sizes;
  for (const ChosenStep& step : choices.steps) {
    sizes[step.step.function].insert(step.sizes.begin(), step.sizes.end());
  }
  Copies copies;
  for (auto& [name, function] : functions) {
    const auto wanted = sizes.find(name);
    // Called only by states that the project's workflow has no step for.
    if (wanted == sizes.end()) continue;
    const std::string& architecture = function.source.settings.architecture;
    if (!copies.wrappers_by_architecture.contains(architecture)) {
      copies.wrappers_by_architecture[architecture] = packages.wrapper(architecture, steps_file);
    }
    function.sizes.assign(wanted->second.begin(), wanted->second.end());
    copies.functions.push_back(deploy::copy_of(names, function, copies.wrappers_by_architecture));
    copies.arns[name] = deploy::arns_by_size(names, copies.functions.back());
  }
  return copies;
}

Workspace open_for_deployment(const DeploymentArguments& arguments) {
  Workspace workspace =
      open_workspace(arguments.project, arguments.models, ModelsAre::welcome, ReadTo::plan);
  if (workspace.machine) return workspace;
  throw InvalidInput(fmt::format(
      "{}: has steps, no workflow: Step Functions needs a definition in the Amazon States "
      "Language, for example workflow: workflow.asl.json",
      workspace.project.file.string()));
}

}  // namespace

// Names follow from contents, so things are made in the order in which they name each other: the
// wrapper's steps file, the copies that hold it, the configurator that names the copies, the
// machine that names both.
WantedDeployment wanted_deployment(const DeploymentArguments& arguments,
                                   const deploy::DeploymentNames& names,
                                   deploy::ControlPlane& plane) {
  const LambdaPackages packages(arguments.packages);
  Workspace workspace = open_for_deployment(arguments);
  const project::Deployment chosen = overridden(workspace.project.deployment, arguments);
  const std::string source = workspace.project.workflow->string();
  const std::string definition = read_file(source);

  auto functions =
      read_functions(machine::function_steps(definition, source, {}), chosen, names, plane);
  deploy::CopiedMachine machine = read_machine(chosen.state_machine, definition, names, plane);
  const StepChoices choices =
      step_choices(workspace, definition, facts_of(functions), arguments.slo);

  // What the wrapper does with jobs does not depend on what the functions are called.
  const machine::GeneratedMachine unnamed = machine::generate(
      definition, source,
      generator_options(choices, "configurator", [](const machine::GeneratedStep& step, MemoryMb) {
        return step.function;
      }));
  Copies copies =
      copies_of(std::move(functions), choices, unnamed.templates.dump(), packages, names);

  const CacheKind cache = cache_kind(workspace, chosen.cache.value_or(""), arguments.strategy);
  machine::GeneratorOptions options = generator_options(
      choices, "configurator", [&](const machine::GeneratedStep& step, MemoryMb memory) {
        return copies.arns.at(step.function).at(memory);
      });
  options.decisions_travel = cache == CacheKind::execution;
  WantedDeployment result{.state = {.names = names, .machine = {}},
                          .machine = {},
                          .deployment_file = {},
                          .feasible = choices.feasible};
  result.deployment_file =
      machine::deployment_file(
          unnamed, options,
          {.name = names.deployment(), .cache = {.kind = cache, .table = names.table()}})
          .dump(2) +
      "\n";
  const std::string plan =
      workspace.options
          ? plan_bytes(workspace, arguments.slo, arguments.strategy, decisions_deployed(workspace))
          : "";
  const std::string architecture =
      chosen.architecture.value_or(workspace.project.pricing.architecture);
  deploy::WantedFunction configurator = deploy::configurator_of(
      names, {.code = packages.configurator(architecture, result.deployment_file, plan),
              .architecture = architecture,
              .mode = chosen.mode});
  options.configurator = deploy::arns_by_size(names, configurator).begin()->second;

  result.machine = machine::generate(definition, source, options);
  machine.definition = result.machine.definition;
  result.state = deploy::wanted_state(names, std::move(copies.functions), std::move(configurator),
                                      machine, copies.wrappers_by_architecture,
                                      {.cache_table = cache == CacheKind::dynamodb,
                                       .log_retention_days = chosen.log_retention_days,
                                       .permissions_boundary = chosen.permissions_boundary});
  return result;
}

}  // namespace stepconf::cli
