#include "stepconf/deploy/status.h"

#include <iostream>

#include "stepconf/cli/deployment_name.h"
#include "stepconf/cli/deployment_report.h"
#include "stepconf/cli/main.h"
#include "stepconf/cli/open_deployment.h"
#include "stepconf/cli/verbs.h"
#include "stepconf/cli/wanted_deployment.h"

namespace stepconf::cli {
namespace {

struct StatusArguments : DeploymentArguments {
  bool json = false;
};

int status_verb(const StatusArguments& arguments) {
  const Interruption interruption;
  const project::Project project = project::load_project(arguments.project);
  try {
    OpenDeployment deployment(deployment_name(project, arguments.deployment), interruption);
    const WantedDeployment wanted =
        wanted_deployment(arguments, deployment.names(), deployment.reader());
    const auto status = deploy::status(
        wanted.state, deploy::observe_state(deployment.names(), deployment.reader()));
    if (arguments.json) {
      std::cout << to_json(status).dump(2) << "\n";
    } else {
      cli::print(status);
    }
    return kDone;
  } catch (const Interrupted&) {
    return kInterrupted;
  }
}

}  // namespace

void add_status(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<StatusArguments>();
  CLI::App* verb = app.add_subcommand(
      "status",
      "Show the deployment: its functions, whether their copies are stale, and what `deploy` would "
      "change. Takes the same options as `deploy`; changes nothing");
  add_deployment_options(*verb, *arguments);
  verb->add_flag("--json", arguments->json, "Print the deployment as one JSON document");
  verb->callback([arguments, &status] { status = status_verb(*arguments); });
}

}  // namespace stepconf::cli
