#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "stepconf/deploy/wanted_function.h"

namespace stepconf::deploy {

/// For how many days CloudWatch Logs can keep a log group
/// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html).
inline constexpr auto kLogRetentionDays =
    std::to_array<int>({1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
                        365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653});

struct WantedLogGroup {
  std::string name{};
  int retention_days = 0;
};

struct WantedRole {
  std::string name{};
  Json trust{};
  std::map<std::string, Json> policies{};
  std::vector<std::string> managed_policies{};
  std::string permissions_boundary{};
};

struct WantedLayer {
  std::string name{};
  std::string architecture{};
  FunctionCode code{};

  std::string description() const;
};

/// The cache's table: a string key, and TTL.
struct WantedTable {
  std::string name{};
  std::string key = "execution";
  std::string ttl_attribute = "expires";
};

struct WantedMachine {
  std::string name{};
  std::string arn{};
  std::string type = "STANDARD";
  std::string definition{};
  std::string role_arn{};
};

/// Every part of a deployment as it is to be. Two wanted states of one deployment differ only in
/// what differs in their input.
struct WantedState {
  DeploymentNames names;
  std::vector<WantedLogGroup> log_groups{};
  std::vector<WantedRole> roles{};
  std::optional<WantedTable> table{};
  std::vector<WantedLayer> layers{};
  /// The copies, by name, then the configurator.
  std::vector<WantedFunction> functions{};
  WantedMachine machine;
};

/// The user's state machine, of which a copy is made.
struct CopiedMachine {
  std::string type = "STANDARD";
  /// The generated one; names the aliases that `arns_by_size` tells.
  std::string definition{};
  /// What its role allows: inline policies by name, and ARNs of managed ones.
  std::map<std::string, Json> policies{};
  std::vector<std::string> managed_policies{};
};

struct DeploymentOptions {
  /// Whether the global cache is a table; otherwise it travels in the execution.
  bool cache_table = true;
  int log_retention_days = 30;
  /// ARN of the boundary that the account demands of new roles, or empty.
  std::string permissions_boundary{};
};

/// Puts the parts together. `copies` are of functions with different names. Throws InvalidInput
/// where two copies would have one name, the definition is too large, a policy of the user's has
/// the name of ours, or a retention is none that CloudWatch Logs has.
WantedState wanted_state(const DeploymentNames& names, std::vector<WantedFunction> copies,
                         WantedFunction configurator, const CopiedMachine& machine,
                         const std::map<std::string, WrapperPackage>& packages_by_architecture,
                         const DeploymentOptions& options);

}  // namespace stepconf::deploy
