#include "stepconf/cli/lambda_setup.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "stepconf/cli/deployment_name.h"

namespace stepconf::cli {
namespace {

constexpr int kMostAtOnce = 256;

// What may be invoked at once; many roles may not ask.
int most_at_once(const services::Session& session) {
  try {
    const int allowed = services::Lambda(session).account().unreserved_concurrent_executions;
    return allowed > 0 ? std::min(allowed, kMostAtOnce) : kMostAtOnce;
  } catch (const Error&) {
    return kMostAtOnce;
  }
}

}  // namespace

bool runs_on_lambda(const project::Project& project) { return project.platform.kind == "lambda"; }

LambdaPlace open_lambda(const Workspace& workspace, const std::string& option) {
  AwsAccount account = open_account();
  deploy::DeploymentNames names(deployment_name(workspace.project, option), account.account);
  std::cerr << fmt::format("Deployment {} in account {}, {}, as {}\n", names.deployment(),
                           account.account.id, account.account.region, account.caller);
  services::Lambda lambda(account.session);
  auto targets = deployed_functions(workspace, names, lambda);
  return {.account = std::move(account), .names = std::move(names), .targets = std::move(targets)};
}

platform::LambdaOptions lambda_options(const LambdaPlace& place,
                                       platform::ServiceFailures service_failures) {
  return {.functions = place.targets,
          .session = place.account.session,
          .most_at_once = most_at_once(place.account.session),
          .service_failures = service_failures};
}

void report_use(const platform::LambdaPlatform& platform) {
  const platform::LambdaStatistics use = platform.statistics();
  if (const int left = platform.at_work(); left > 0) {
    std::cerr << fmt::format(
        "warning: {} invocation{} still at work on Lambda and billed; nobody waits for {} any "
        "more\n",
        left, left == 1 ? " is" : "s are", left == 1 ? "it" : "them");
  }
  if (use.throttled > 0) {
    std::cerr << fmt::format(
        "warning: {} of {} invocations were throttled; the account's concurrency may be too "
        "small\n",
        use.throttled, use.invocations);
  }
  if (use.waited > 0) {
    std::cerr << fmt::format(
        "warning: {} invocations waited, since {} were on their way: their mapping delay is this "
        "machine's\n",
        use.waited, use.most_at_once);
  }
  if (use.without_report > 0) {
    std::cerr << fmt::format(
        "warning: {} of {} invocations came without a report in their log: their durations include "
        "the way there and back, and whether they were cold is not known\n",
        use.without_report, use.invocations);
  }
}

}  // namespace stepconf::cli
