#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stepconf/services/caller.h"

namespace stepconf::services {

using Texts = std::map<std::string, std::string>;

struct Role {
  std::string name{};
  std::string arn{};
  /// The trust policy, JSON.
  std::string trust{};
  /// An ARN, or empty.
  std::string permissions_boundary{};
  Texts tags{};
};

/// The API of IAM (https://docs.aws.amazon.com/IAM/latest/APIReference/). Policies are JSON, as
/// text. Throws aws::ServiceError where the service refuses, Error where it does not answer. Of one
/// thread.
class Iam {
 public:
  explicit Iam(const Session& session) : caller_(aws::kIam, session) {}

  /// Not repeated where the answer is lost.
  Role create_role(const std::string& name, const std::string& trust, const Texts& tags = {},
                   const std::string& permissions_boundary = {});
  std::optional<Role> find_role(const std::string& name);
  void update_trust(const std::string& role, const std::string& trust);
  bool remove_role(const std::string& name);

  void put_role_policy(const std::string& role, const std::string& policy,
                       const std::string& document);
  std::optional<std::string> find_role_policy(const std::string& role, const std::string& policy);
  /// Lists the names of the inline policies.
  std::vector<std::string> role_policies(const std::string& role);
  bool remove_role_policy(const std::string& role, const std::string& policy);

  void attach_role_policy(const std::string& role, const std::string& policy_arn);
  /// Lists the ARNs of the managed policies.
  std::vector<std::string> attached_policies(const std::string& role);
  bool detach_role_policy(const std::string& role, const std::string& policy_arn);

 private:
  Caller caller_;
};

}  // namespace stepconf::services
