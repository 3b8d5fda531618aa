#include "stepconf/cli/users_workflow.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "stepconf/base/error.h"
#include "stepconf/deploy/user_function.h"

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

std::string name_in(const std::string& arn) { return arn.substr(arn.find_last_of(":/") + 1); }

}  // namespace

std::map<std::string, deploy::CopiedFunction> read_functions(
    const std::vector<machine::GeneratedStep>& steps, const project::Deployment& deployment,
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
        std::ranges::find(deployment.wrapped_images, function) != deployment.wrapped_images.end();
    functions.emplace(function, deploy::read_user_function(plane, called, {}, wrapped));
  }
  for (const std::string& image : deployment.wrapped_images) {
    if (functions.contains(image)) continue;
    throw InvalidInput(
        fmt::format("wrapped image {}: the workflow calls no function of that name", image));
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

deploy::CopiedMachine read_machine(const std::string& state_machine, const std::string& definition,
                                   const deploy::DeploymentNames& names,
                                   deploy::ControlPlane& plane) {
  if (state_machine.empty()) return {};
  std::string arn = state_machine;
  if (!arn.starts_with("arn:")) {
    arn = fmt::format("arn:{}:states:{}:{}:stateMachine:{}", names.account().partition,
                      names.account().region, names.account().id, arn);
  }
  check_place(arn, names.account());
  const auto machine = plane.find_machine(arn);
  if (!machine) {
    throw InvalidInput(
        fmt::format("state machine {}: there is none in this account and region", state_machine));
  }
  if (parse_json(machine->definition, arn) != parse_json(definition, "the workflow")) {
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

}  // namespace stepconf::cli
