#include "stepconf/cli/wanted_deployment.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/cli/deployment_name.h"
#include "stepconf/cli/lambda_packages.h"
#include "stepconf/cli/plan_file.h"
#include "stepconf/cli/step_choices.h"
#include "stepconf/cli/verbs.h"
#include "stepconf/deploy/user_function.h"
#include "stepconf/machine/deployment_file.h"
#include "stepconf/optimizer/strategies.h"

namespace stepconf::cli {
namespace {

// Fields of "arn:PARTITION:SERVICE:REGION:ACCOUNT:...".
constexpr std::size_t kRegionField = 3;
constexpr std::size_t kAccountField = 4;

std::string arn_field(const std::string& arn, std::size_t field) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < field; ++i) {
    begin = arn.find(':', begin);
    if (begin == std::string::npos) return {};
    ++begin;
  }
  return arn.substr(begin, arn.find(':', begin) - begin);
}

void check_place(const std::string& arn, const deploy::Account& account) {
  if (!arn.starts_with("arn:")) return;
  const std::string region = arn_field(arn, kRegionField);
  const std::string owner = arn_field(arn, kAccountField);
  if (region == account.region && owner == account.id) return;
  throw InvalidInput(
      fmt::format("{}: is in account {}, region {}, and the credentials are of account {}, region "
                  "{}; a deployment stands where its functions are",
                  arn, owner, region, account.id, account.region));
}

// The user's functions by name, as they are now; without sizes yet.
std::map<std::string, deploy::CopiedFunction> read_functions(
    const std::vector<machine::GeneratedStep>& steps, const DeploymentArguments& arguments,
    const deploy::DeploymentNames& names, deploy::ControlPlane& plane) {
  std::map<std::string, std::string> called_as;
  for (const machine::GeneratedStep& step : steps) {
    check_place(step.called, names.account());
    const auto [other, fresh] = called_as.emplace(step.function, step.called);
    if (!fresh && other->second != step.called) {
      throw InvalidInput(fmt::format(
          "function \"{}\" is called as {} and as {}; a deployment has one copy of a function, so "
          "let both steps call the same version or alias",
          step.function, other->second, step.called));
    }
  }
  std::map<std::string, deploy::CopiedFunction> functions;
  for (const auto& [function, called] : called_as) {
    const bool wrapped =
        std::ranges::find(arguments.wrapped_images, function) != arguments.wrapped_images.end();
    functions.emplace(function, deploy::read_user_function(plane, called, {}, wrapped));
  }
  for (const std::string& image : arguments.wrapped_images) {
    if (functions.contains(image)) continue;
    throw InvalidInput(
        fmt::format("--wrapped-image {}: the workflow calls no function of that name", image));
  }
  return functions;
}

std::map<std::string, FunctionFacts> facts_of(
    const std::map<std::string, deploy::CopiedFunction>& functions) {
  std::map<std::string, FunctionFacts> facts;
  for (const auto& [name, function] : functions) {
    FunctionFacts& fact = facts[name];
    fact.timeout = Seconds(function.source.settings.timeout_s);
    if (function.source.settings.is_image() && !function.image_has_wrapper) {
      fact.why_not_batched =
          "its function is a container image without the wrapper (docs/wrapper.md)";
    }
  }
  return facts;
}

std::string name_in(const std::string& arn) { return arn.substr(arn.find_last_of(":/") + 1); }

// Type and permissions of the user's state machine.
deploy::CopiedMachine read_machine(const DeploymentArguments& arguments,
                                   const std::string& definition,
                                   const deploy::DeploymentNames& names,
                                   deploy::ControlPlane& plane) {
  if (arguments.state_machine.empty()) return {};
  std::string arn = arguments.state_machine;
  if (!arn.starts_with("arn:")) {
    arn = fmt::format("arn:{}:states:{}:{}:stateMachine:{}", names.account().partition,
                      names.account().region, names.account().id, arn);
  }
  check_place(arn, names.account());
  const auto machine = plane.find_machine(arn);
  if (!machine) {
    throw InvalidInput(fmt::format("--state-machine {}: there is none in this account and region",
                                   arguments.state_machine));
  }
  if (Json::parse(machine->definition, nullptr, false) != Json::parse(definition)) {
    std::cerr << fmt::format(
        "warning: the definition of {} differs from the project's workflow file; the file is "
        "deployed\n",
        machine->name);
  }
  deploy::CopiedMachine copied{
      .type = machine->type, .definition = {}, .policies = {}, .managed_policies = {}};
  if (const auto role = plane.find_role(name_in(machine->role_arn))) {
    copied.policies = role->policies;
    copied.managed_policies = role->managed_policies;
  }
  return copied;
}

using CacheKind = configurator::CacheSettings::Kind;

// Decisions made beforehand do not meet anywhere.
CacheKind cache_kind(const DeploymentArguments& arguments, const Workspace& workspace) {
  if (arguments.cache == "dynamodb") return CacheKind::dynamodb;
  if (arguments.cache == "execution") return CacheKind::execution;
  if (arguments.cache == "none" || !workspace.options) return CacheKind::none;
  const auto& strategy = optimizer::find_strategy(strategy_of(workspace, arguments.strategy));
  return strategy.decides == optimizer::Decides::beforehand ? CacheKind::none : CacheKind::dynamodb;
}

}  // namespace

void add_deployment_options(CLI::App& verb, DeploymentArguments& arguments) {
  add_project(verb, arguments.project);
  add_deployment(verb, arguments.deployment);
  verb.add_option("--state-machine", arguments.state_machine,
                  "Name or ARN of your state machine, whose type and permissions the copy takes "
                  "over; without it the copy is a Standard machine that may call its functions")
      ->check(not_empty);
  verb.add_option("--strategy", arguments.strategy,
                  "How the configurator is to choose; default the project's")
      ->check(not_empty);
  verb.add_option("--slo", arguments.slo,
                  "Time allowed end to end, for example 20s; default the project's")
      ->check(not_empty);
  verb.add_option("--mode", arguments.mode,
                  "on; observe (decide and log, run the safe configuration); off (the safe "
                  "configuration at once)")
      ->check(CLI::IsMember({"on", "observe", "off"}))
      ->capture_default_str();
  verb.add_option("--cache", arguments.cache,
                  "Where the decisions of an execution meet: in a table, in the execution's own "
                  "variables, or nowhere; default dynamodb, and none for strategies that decide "
                  "beforehand")
      ->check(CLI::IsMember({"dynamodb", "execution", "none"}));
  verb.add_option("--architecture", arguments.architecture,
                  "The configurator's; default pricing.architecture")
      ->check(CLI::IsMember({"x86_64", "arm64"}));
  verb.add_option("--wrapped-image", arguments.wrapped_images,
                  "A function whose container image has the wrapper as its entry point "
                  "(docs/wrapper.md); may be given several times")
      ->check(not_empty);
  verb.add_option("--log-retention", arguments.log_retention_days,
                  "Days that the logs of the copies are kept")
      ->capture_default_str();
  verb.add_option("--permissions-boundary", arguments.permissions_boundary,
                  "ARN of the policy that the account demands as the boundary of new roles")
      ->check(not_empty);
  verb.add_option("--models", arguments.models, "Models file; default the project's");
  verb.add_option(
      "--packages", arguments.packages,
      "Folder with what `make package` builds; default STEPCONF_PACKAGES, else package/ "
      "beside the folder of this program");
}

WantedDeployment wanted_deployment(const DeploymentArguments& arguments,
                                   const deploy::DeploymentNames& names,
                                   deploy::ControlPlane& plane) {
  const LambdaPackages packages(arguments.packages);
  Workspace workspace = open_workspace(arguments.project, arguments.models, ModelsAre::welcome);
  if (!workspace.machine) {
    throw InvalidInput(fmt::format(
        "{}: has steps, no workflow: Step Functions needs a definition in the Amazon States "
        "Language, for example workflow: workflow.asl.json",
        workspace.project.file.string()));
  }
  const std::string source = workspace.project.workflow->string();
  const std::string definition = read_file(source);
  auto functions =
      read_functions(machine::function_steps(definition, source, {}), arguments, names, plane);
  deploy::CopiedMachine machine = read_machine(arguments, definition, names, plane);

  const StepChoices choices =
      step_choices(workspace, definition, facts_of(functions), arguments.slo);
  std::map<std::string, std::set<MemoryMb>> sizes;
  for (const ChosenStep& chosen : choices.steps) {
    sizes[chosen.step.function].insert(chosen.sizes.begin(), chosen.sizes.end());
  }
  // What the wrapper does with jobs does not depend on what the functions are called.
  const machine::GeneratedMachine unnamed = machine::generate(
      definition, source,
      generator_options(choices, "configurator", [](const machine::GeneratedStep& step, MemoryMb) {
        return step.function;
      }));
  std::map<std::string, deploy::WrapperPackage> wrappers;
  for (const auto& [name, function] : functions) {
    const std::string& architecture = function.source.settings.architecture;
    if (!wrappers.contains(architecture)) {
      wrappers[architecture] = packages.wrapper(architecture, unnamed.templates.dump());
    }
  }
  std::vector<deploy::WantedFunction> copies;
  std::map<std::string, std::map<MemoryMb, std::string>> arns;
  for (auto& [name, function] : functions) {
    const auto wanted = sizes.find(name);
    // In states that the project's workflow has no step for.
    if (wanted == sizes.end()) continue;
    function.sizes.assign(wanted->second.begin(), wanted->second.end());
    copies.push_back(deploy::copy_of(names, function, wrappers));
    arns[name] = deploy::arns_by_size(names, copies.back());
  }

  const CacheKind kind = cache_kind(arguments, workspace);
  const FunctionName function_name = [&](const machine::GeneratedStep& step, MemoryMb memory) {
    return arns.at(step.function).at(memory);
  };
  WantedDeployment result{.state = {.names = names, .machine = {}},
                          .machine = {},
                          .deployment_file = {},
                          .feasible = choices.feasible};
  // The configurator's file names the copies; its alias then follows from its code.
  machine::GeneratorOptions options = generator_options(choices, "configurator", function_name);
  result.deployment_file =
      machine::deployment_file(
          unnamed, options,
          {.name = names.deployment(), .cache = {.kind = kind, .table = names.table()}})
          .dump(2) +
      "\n";
  const std::string architecture = arguments.architecture.empty()
                                       ? workspace.project.pricing.architecture
                                       : arguments.architecture;
  const std::string plan =
      workspace.options ? plan_bytes(workspace, arguments.slo, arguments.strategy) : "";
  deploy::WantedFunction configurator = deploy::configurator_of(
      names, {.code = packages.configurator(architecture, result.deployment_file, plan),
              .architecture = architecture,
              .mode = arguments.mode});
  const std::string configurator_arn = deploy::arns_by_size(names, configurator).begin()->second;
  options.configurator = configurator_arn;
  options.decisions_travel = kind == CacheKind::execution;
  result.machine = machine::generate(definition, source, options);
  machine.definition = result.machine.definition;
  result.state =
      deploy::wanted_state(names, std::move(copies), std::move(configurator), machine, wrappers,
                           {.cache_table = kind == CacheKind::dynamodb,
                            .log_retention_days = arguments.log_retention_days,
                            .permissions_boundary = arguments.permissions_boundary});
  return result;
}

}  // namespace stepconf::cli
