#include "stepconf/cli/deployed_functions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <iostream>
#include <set>

#include "stepconf/base/error.h"
#include "stepconf/deploy/wanted_function.h"

namespace stepconf::cli {
namespace {

int number_in(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

platform::LambdaTarget read_target(const std::string& function,
                                   const deploy::DeploymentNames& names, services::Lambda& lambda) {
  const std::string copy = names.function_copy(function);
  const auto found = lambda.find_function(copy);
  if (!found) {
    throw InvalidInput(fmt::format(
        "function \"{}\": there is no {} in account {}, {}; `stepconf deploy` makes it, or "
        "--deployment names another deployment than {}",
        function, copy, names.account().id, names.account().region, names.deployment()));
  }
  if (!names.owns(found->tags)) {
    throw InvalidInput(
        fmt::format("function \"{}\": {} has no tag {}={}, so it is not this deployment's",
                    function, copy, deploy::kDeploymentTag, names.deployment()));
  }
  platform::LambdaTarget target{
      .name = copy, .timeout = Seconds(std::max(1, found->function.timeout_s)), .qualifiers = {}};
  std::map<MemoryMb, int> newest;
  for (const services::LambdaAlias& alias : lambda.aliases(copy)) {
    const auto size = deploy::size_of_alias(alias.name);
    if (!size) continue;
    // After an interrupted deployment there are several of one size.
    const int version = number_in(alias.version);
    if (newest[*size] > version) continue;
    newest[*size] = version;
    target.qualifiers[*size] = alias.name;
  }
  return target;
}

std::set<MemoryMb> sizes_that_may_run(const Workspace& workspace, const workflow::Step& step) {
  std::set<MemoryMb> sizes;
  if (!workspace.options) {
    sizes.insert(
        MemoryMb{project::configuration_space(workspace.project, step.function).memory_mb.front()});
    return sizes;
  }
  for (const auto& option : workspace.choices().options(step, std::max(1, step.jobs)))
    sizes.insert(option.configuration.memory);
  return sizes;
}

std::string listed(const std::vector<int>& sizes) {
  return fmt::format("{} MB", fmt::join(sizes, ", "));
}

}  // namespace

std::map<std::string, platform::LambdaTarget> deployed_functions(
    const Workspace& workspace, const deploy::DeploymentNames& names, services::Lambda& lambda) {
  std::map<std::string, platform::LambdaTarget> targets;
  for (const workflow::Step& step : workspace.workflow.steps) {
    if (step.is_foreign() || targets.contains(step.function)) continue;
    targets.emplace(step.function, read_target(step.function, names, lambda));
  }
  return targets;
}

void check_sizes(const Workspace& workspace, const deploy::DeploymentNames& names,
                 const std::map<std::string, platform::LambdaTarget>& targets) {
  for (const workflow::Step& step : workspace.workflow.steps) {
    if (step.is_foreign()) continue;
    std::vector<int> missing;
    for (const MemoryMb size : sizes_that_may_run(workspace, step)) {
      if (!targets.at(step.function).qualifiers.contains(size)) missing.push_back(size.value);
    }
    if (missing.empty()) continue;
    throw InvalidInput(
        fmt::format("function \"{}\" (step {}) has no alias for {} in deployment {}; `stepconf "
                    "deploy` makes what the models know now",
                    step.function, step.name, listed(missing), names.deployment()));
  }
}

void keep_deployed_sizes(project::Project& project, const deploy::DeploymentNames& names,
                         const std::map<std::string, platform::LambdaTarget>& targets) {
  for (const auto& [function, target] : targets) {
    std::vector<int> there, missing;
    for (const int size : project::configuration_space(project, function).memory_mb) {
      (target.qualifiers.contains(MemoryMb{size}) ? there : missing).push_back(size);
    }
    if (there.empty()) {
      throw InvalidInput(
          fmt::format("function \"{}\" has no alias for {} in deployment {}; `stepconf deploy` "
                      "makes one for each size of the project",
                      function, listed(missing), names.deployment()));
    }
    if (!missing.empty()) {
      std::cerr << fmt::format(
          "{}: {} are not deployed, and so not measured; `stepconf deploy` adds them where the "
          "models know them, or there are none\n",
          function, listed(missing));
    }
    project.functions[function].memory_mb = there;
  }
}

}  // namespace stepconf::cli
