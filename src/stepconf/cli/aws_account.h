#pragma once

#include <string>

#include "stepconf/deploy/deployment_names.h"
#include "stepconf/services/caller.h"

namespace stepconf::cli {

/// The account that the credentials lead to.
struct AwsAccount {
  services::Session session;
  deploy::Account account;
  /// ARN of who calls.
  std::string caller;
};

/// Finds credentials and region as AWS's SDKs do (docs/credentials.md) and asks whose they are.
/// Throws InvalidInput where the region is missing or wrong, Error where there are no credentials,
/// they are refused, or nobody answers.
AwsAccount open_account();

}  // namespace stepconf::cli
