#pragma once

#include <string>

#include "stepconf/services/caller.h"

namespace stepconf::services {

struct CallerIdentity {
  std::string account{};
  std::string arn{};
  std::string user_id{};
};

struct RoleSession {
  aws::Credentials credentials{};
  std::string arn{};
};

/// The API of AWS STS (https://docs.aws.amazon.com/STS/latest/APIReference/). Throws
/// aws::ServiceError where the service refuses, Error where it does not answer. Of one thread.
class Sts {
 public:
  explicit Sts(const Session& session);

  CallerIdentity caller_identity();
  RoleSession assume_role(const std::string& role_arn, const std::string& session_name,
                          const std::string& external_id = {});
  /// The call is not signed: the token proves who calls.
  RoleSession assume_role_with_web_identity(const std::string& role_arn,
                                            const std::string& session_name,
                                            const std::string& token);

 private:
  Caller caller_;
  Caller unsigned_;
};

}  // namespace stepconf::services
