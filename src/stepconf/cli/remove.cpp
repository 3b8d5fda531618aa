#include <fmt/format.h>

#include <iostream>

#include "stepconf/cli/deployment_name.h"
#include "stepconf/cli/deployment_report.h"
#include "stepconf/cli/main.h"
#include "stepconf/cli/open_deployment.h"
#include "stepconf/cli/verbs.h"
#include "stepconf/deploy/apply.h"
#include "stepconf/deploy/status.h"

namespace stepconf::cli {
namespace {

struct RemoveArguments {
  std::filesystem::path project = ".";
  std::string deployment;
  bool yes = false;
  bool json = false;
};

int remove_all(const RemoveArguments& arguments, OpenDeployment& deployment) {
  deploy::DeploymentStatus result{.deployment = deployment.names().deployment()};
  result.changes = deploy::removals(deployment.names(),
                                    deploy::observe_state(deployment.names(), deployment.reader()));
  if (result.changes.empty()) {
    std::cerr << "There is nothing of it here.\n";
  } else {
    announce(result.changes);
    if (!confirmed("Remove all of it?", arguments.yes)) {
      std::cerr << "Nothing was removed.\n";
      return kFailed;
    }
    deploy::remove_deployment(deployment.names(), deployment.writer(), deployment.clock(),
                              progress_on_stderr());
  }
  if (arguments.json) {
    std::cout << to_json(result).dump(2) << "\n";
  } else {
    std::cout << fmt::format("Removed {} parts of deployment {}\n", result.changes.size(),
                             result.deployment);
  }
  return kDone;
}

int remove_verb(const RemoveArguments& arguments) {
  const Interruption interruption;
  const project::Project project = project::load_project(arguments.project);
  try {
    OpenDeployment deployment(deployment_name(project, arguments.deployment), interruption);
    return remove_all(arguments, deployment);
  } catch (const Interrupted&) {
    std::cerr << "Interrupted; `stepconf remove` goes on where this ended.\n";
    return kInterrupted;
  }
}

}  // namespace

void add_remove(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<RemoveArguments>();
  CLI::App* verb = app.add_subcommand(
      "remove",
      "Take everything that `deploy` made out of the account again, and nothing else. Running "
      "executions of the copy end at their next transition");
  add_project(*verb, arguments->project);
  add_deployment(*verb, arguments->deployment);
  verb->add_flag("--yes", arguments->yes, "Do not ask");
  verb->add_flag("--json", arguments->json, "Print what was removed as one JSON document");
  verb->callback([arguments, &status] { status = remove_verb(*arguments); });
}

}  // namespace stepconf::cli
