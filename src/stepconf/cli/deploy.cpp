#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "stepconf/base/error.h"
#include "stepconf/cli/deployment_name.h"
#include "stepconf/cli/deployment_report.h"
#include "stepconf/cli/main.h"
#include "stepconf/cli/open_deployment.h"
#include "stepconf/cli/verbs.h"
#include "stepconf/cli/wanted_deployment.h"
#include "stepconf/deploy/apply.h"
#include "stepconf/deploy/cost.h"
#include "stepconf/deploy/status.h"
#include "stepconf/pricing/price_sheet.h"
#include "stepconf/report/table.h"

namespace stepconf::cli {
namespace {

struct DeployArguments : DeploymentArguments {
  bool yes = false;
  bool json = false;
};

// Of a configurator on Lambda, without what the network takes to its cache (docs/configurator.md).
constexpr Seconds kConfiguratorTime{0.002};

// What an execution pays beside its functions. Transitions that depend on the number of jobs are
// counted once.
void announce_cost(const WantedDeployment& wanted, const pricing::PriceSheet& prices) {
  int transitions = 0;
  int decisions = 0;
  for (const machine::GeneratedStep& step : wanted.machine.steps) {
    transitions += step.transitions_added;
    decisions += step.variable.empty() ? 0 : 1;
  }
  const deploy::DeploymentCost cost =
      deploy::deployment_cost(wanted.state, transitions, kConfiguratorTime, prices);
  std::cerr << fmt::format(
      "It costs nothing while nothing runs. An execution pays {} more for {} decisions and {} more "
      "transitions, where each step runs once; {} versions take {:.1f} MB of the account's 75 GB "
      "of "
      "code.\n",
      report::format_usd(cost.per_decision.value * decisions +
                         cost.per_execution_transitions.value),
      decisions, transitions, cost.versions, static_cast<double>(cost.code_bytes) / 1e6);
}

void print_result(const deploy::DeploymentStatus& status, bool json) {
  if (json) {
    std::cout << to_json(status).dump(2) << "\n";
    return;
  }
  std::cout << fmt::format("Deployed: {}\n", status.state_machine_arn);
}

int deploy_all(const DeployArguments& arguments, OpenDeployment& deployment) {
  const WantedDeployment wanted =
      wanted_deployment(arguments, deployment.names(), deployment.reader());
  const auto observe = [&] {
    return deploy::status(wanted.state,
                          deploy::observe_state(deployment.names(), deployment.reader()));
  };
  deploy::DeploymentStatus before = observe();
  if (before.changes.empty()) {
    std::cerr << "Everything is as it is wanted; nothing to do.\n";
    print_result(before, arguments.json);
    return wanted.feasible ? kDone : kSloMissed;
  }
  announce(before.changes);
  for (const deploy::FunctionStatus& function : before.functions) {
    if (!function.remark.empty())
      std::cerr << fmt::format("{}: {}\n", function.function, function.remark);
  }
  announce_cost(wanted, pricing::price_sheet(deployment.account().account.region));
  if (!confirmed("Deploy?", arguments.yes)) {
    std::cerr << "Nothing was changed.\n";
    return kFailed;
  }
  const deploy::Applied applied =
      deploy::apply(wanted.state, deployment.writer(), deployment.clock(), progress_on_stderr());
  if (!applied.left.empty()) {
    std::cerr << fmt::format(
        "Superseded versions stay, for {}; the next `stepconf deploy` deletes them.\n",
        applied.left);
  }
  deploy::DeploymentStatus after = observe();
  after.changes = std::move(before.changes);
  print_result(after, arguments.json);
  return wanted.feasible ? kDone : kSloMissed;
}

int deploy_verb(const DeployArguments& arguments) {
  const Interruption interruption;
  const project::Project project = project::load_project(arguments.project);
  try {
    OpenDeployment deployment(deployment_name(project, arguments.deployment), interruption);
    return deploy_all(arguments, deployment);
  } catch (const Interrupted&) {
    std::cerr << "Interrupted. What was deployed before works as it did; `stepconf deploy` goes on "
                 "where this ended, `stepconf remove` takes all of it away.\n";
    return kInterrupted;
  }
}

}  // namespace

void add_deploy(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<DeployArguments>();
  CLI::App* verb = app.add_subcommand(
      "deploy",
      "Put a configured copy of the workflow into the AWS account: the state machine with a "
      "configurator before each step, and copies of its functions with one version per memory "
      "size. Your own functions and state machine are not touched. Deploying again changes what "
      "differs, and goes on where it was interrupted");
  add_deployment_options(*verb, *arguments);
  verb->add_flag("--yes", arguments->yes, "Do not ask");
  verb->add_flag("--json", arguments->json, "Print the deployment as one JSON document");
  verb->callback([arguments, &status] { status = deploy_verb(*arguments); });
}

}  // namespace stepconf::cli
