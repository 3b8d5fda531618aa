#pragma once

#include <string>
#include <string_view>

#include "stepconf/base/units.h"
#include "stepconf/deploy/control_plane.h"

namespace stepconf::deploy {

/// Where a deployment lives.
struct Account {
  /// "aws", "aws-cn", "aws-us-gov".
  std::string partition = "aws";
  std::string region = "us-east-1";
  /// Twelve digits.
  std::string id;
};

/// The tag that every part of a deployment bears; its value is the deployment's name.
inline constexpr std::string_view kDeploymentTag = "stepconf:deployment";
/// On a copy of a function: the name of the user's function.
inline constexpr std::string_view kSourceTag = "stepconf:source";

/// Names all parts of a deployment, within AWS's limits of length: always the same for the same
/// input, and never the same for parts of two deployments. A name that would be too long ends in
/// eight digits of its hash instead.
class DeploymentNames {
 public:
  /// `deployment`: 1 to 24 lower-case letters, digits and '-', a letter first. Throws InvalidInput
  /// for others.
  DeploymentNames(std::string deployment, Account account);

  const std::string& deployment() const { return deployment_; }
  const Account& account() const { return account_; }

  /// "stepconf-shop_extract".
  std::string function_copy(const std::string& function) const;
  /// What the names of all copies begin with, and no other deployment's.
  std::string copies_prefix() const;
  std::string configurator() const;
  std::string state_machine() const;
  std::string table() const;
  std::string layer(const std::string& architecture) const;
  /// Roles belong to the account, not to a region: the region is in their names.
  std::string configurator_role() const;
  std::string machine_role() const;
  static std::string log_group(const std::string& function);

  /// With the alias, where one is given.
  std::string function_arn(const std::string& function, const std::string& alias = {}) const;
  std::string state_machine_arn() const;
  /// Of all state machines of the account and region.
  std::string machines_arn() const;
  std::string table_arn() const;
  std::string role_arn(const std::string& role) const;
  /// Of all streams of a log group.
  std::string log_streams_arn(const std::string& log_group) const;

  Tags tags() const;
  /// Tells whether tags are this deployment's.
  bool owns(const Tags& tags) const;

 private:
  std::string arn(std::string_view service, const std::string& resource) const;

  std::string deployment_;
  Account account_;
};

}  // namespace stepconf::deploy
