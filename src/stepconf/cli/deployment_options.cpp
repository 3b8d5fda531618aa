#include "stepconf/cli/deployment_options.h"

#include "stepconf/cli/deployment_name.h"
#include "stepconf/cli/verbs.h"

namespace stepconf::cli {

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
  verb.add_option(
          "--mode", arguments.mode,
          "on (the default); observe (decide and log, run the safe configuration); off (the safe "
          "configuration at once)")
      ->check(CLI::IsMember({"on", "observe", "off"}));
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
                  "Days that the logs of the copies are kept; default 30")
      ->check(CLI::PositiveNumber);
  verb.add_option("--permissions-boundary", arguments.permissions_boundary,
                  "ARN of the policy that the account demands as the boundary of new roles")
      ->check(not_empty);
  verb.add_option("--models", arguments.models, "Models file; default the project's");
  verb.add_option(
      "--packages", arguments.packages,
      "Folder with what `make package` builds; default STEPCONF_PACKAGES, else package/ "
      "beside the folder of this program");
}

project::Deployment overridden(project::Deployment deployment,
                               const DeploymentArguments& arguments) {
  if (!arguments.state_machine.empty()) deployment.state_machine = arguments.state_machine;
  if (!arguments.mode.empty()) deployment.mode = arguments.mode;
  if (!arguments.cache.empty()) deployment.cache = arguments.cache;
  if (!arguments.architecture.empty()) deployment.architecture = arguments.architecture;
  if (!arguments.wrapped_images.empty()) deployment.wrapped_images = arguments.wrapped_images;
  if (arguments.log_retention_days > 0) {
    deployment.log_retention_days = arguments.log_retention_days;
  }
  if (!arguments.permissions_boundary.empty()) {
    deployment.permissions_boundary = arguments.permissions_boundary;
  }
  return deployment;
}

}  // namespace stepconf::cli
