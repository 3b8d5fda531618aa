#include "stepconf/cli/open_deployment.h"

#include <fmt/format.h>

#include <iostream>

namespace stepconf::cli {
namespace {

services::Session trying_once(services::Session session) {
  session.options.retry.attempts = 1;
  return session;
}

}  // namespace

OpenDeployment::OpenDeployment(const std::string& name, const Interruption& interruption)
    : account_(open_account()),
      names_(name, account_.account),
      clock_(interruption),
      reader_(account_.session),
      writer_(trying_once(account_.session)),
      paced_reader_(reader_, clock_),
      paced_writer_(writer_, clock_) {
  std::cerr << fmt::format("Deployment {} in account {}, {}, as {}\n", name, account_.account.id,
                           account_.account.region, account_.caller);
}

}  // namespace stepconf::cli
