#include "stepconf/deploy/wanted_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "stepconf/base/error.h"
#include "stepconf/deploy/role_policies.h"

namespace stepconf::deploy {
namespace {

constexpr const char* kPolicy = "stepconf";

// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
constexpr std::size_t kMostDefinitionBytes = 1024 * 1024;

std::vector<WantedRole> roles_of(const DeploymentNames& names, const CopiedMachine& machine,
                                 const DeploymentOptions& options) {
  WantedRole configurator{
      .name = names.configurator_role(),
      .trust = configurator_trust(),
      .policies = {{kPolicy, configurator_permissions(names, options.cache_table)}},
      .managed_policies = {},
      .permissions_boundary = options.permissions_boundary};
  WantedRole executor{.name = names.machine_role(),
                      .trust = machine_trust(names),
                      .policies = machine.policies,
                      .managed_policies = machine.managed_policies,
                      .permissions_boundary = options.permissions_boundary};
  std::ranges::sort(executor.managed_policies);
  if (!executor.policies.emplace(kPolicy, machine_permissions(names)).second) {
    throw InvalidInput(fmt::format(
        "the state machine's role has a policy \"{}\", the name of StepConf's own; rename it",
        kPolicy));
  }
  return {std::move(configurator), std::move(executor)};
}

void check_names(const std::vector<WantedFunction>& copies) {
  std::map<std::string, std::string> source_by_name;
  for (const WantedFunction& copy : copies) {
    const auto [other, fresh] = source_by_name.emplace(copy.name, copy.source);
    if (!fresh) {
      throw InvalidInput(fmt::format("the copies of \"{}\" and \"{}\" would both be called \"{}\"",
                                     other->second, copy.source, copy.name));
    }
  }
}

std::vector<WantedLayer> layers_of(
    const std::vector<WantedFunction>& copies,
    const std::map<std::string, WrapperPackage>& packages_by_architecture) {
  std::map<std::string, WantedLayer> layers;
  for (const WantedFunction& copy : copies) {
    if (!copy.wrapper_layer) continue;
    const std::string& architecture = copy.settings.architecture;
    layers[*copy.wrapper_layer] = {*copy.wrapper_layer, architecture,
                                   packages_by_architecture.at(architecture).layer};
  }
  std::vector<WantedLayer> result;
  for (auto& [name, layer] : layers) result.push_back(std::move(layer));
  return result;
}

}  // namespace

std::string WantedLayer::description() const {
  return fmt::format("StepConf: wrapper, {}",
                     fingerprint(Json::array({code.sha256, architecture})));
}

WantedState wanted_state(const DeploymentNames& names, std::vector<WantedFunction> copies,
                         WantedFunction configurator, const CopiedMachine& machine,
                         const std::map<std::string, WrapperPackage>& packages_by_architecture,
                         const DeploymentOptions& options) {
  if (std::ranges::find(kLogRetentionDays, options.log_retention_days) == kLogRetentionDays.end()) {
    throw InvalidInput(fmt::format("log retention of {} days: CloudWatch Logs has {} days",
                                   options.log_retention_days, fmt::join(kLogRetentionDays, ", ")));
  }
  if (machine.definition.size() > kMostDefinitionBytes) {
    throw InvalidInput(
        fmt::format("the generated state machine has {} bytes, and Step Functions takes {}; leave "
                    "functions out of the project, or let a nested machine take some of the states",
                    machine.definition.size(), kMostDefinitionBytes));
  }
  check_names(copies);
  std::ranges::sort(copies, {}, &WantedFunction::name);
  WantedState wanted{.names = names,
                     .log_groups = {},
                     .roles = roles_of(names, machine, options),
                     .table = {},
                     .layers = layers_of(copies, packages_by_architecture),
                     .functions = std::move(copies),
                     .machine = {.name = names.state_machine(),
                                 .arn = names.state_machine_arn(),
                                 .type = machine.type,
                                 .definition = machine.definition,
                                 .role_arn = names.role_arn(names.machine_role())}};
  if (options.cache_table) wanted.table = WantedTable{.name = names.table()};
  wanted.functions.push_back(std::move(configurator));
  for (const WantedFunction& function : wanted.functions) {
    wanted.log_groups.push_back(
        {DeploymentNames::log_group(function.name), options.log_retention_days});
  }
  return wanted;
}

}  // namespace stepconf::deploy
