#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stepconf/services/caller.h"

namespace stepconf::services {

using Texts = std::map<std::string, std::string>;

struct Stack {
  std::string id{};
  std::string name{};
  /// "CREATE_COMPLETE", "UPDATE_ROLLBACK_FAILED", ...; and why.
  std::string status{};
  std::string status_reason{};
  Texts parameters{};
  Texts outputs{};
  Texts tags{};
};

struct StackRequest {
  std::string name{};
  /// The text, at most 51,200 bytes, or where it lies in S3.
  std::string template_body{};
  std::string template_url{};
  Texts parameters{};
  /// "CAPABILITY_NAMED_IAM", ...
  std::vector<std::string> capabilities{};
  Texts tags{};
};

struct StackEvent {
  std::string id{};
  /// As the service writes it: "2026-01-01T00:00:00.000Z".
  std::string time{};
  std::string logical_id{};
  std::string physical_id{};
  std::string resource_type{};
  std::string status{};
  std::string reason{};
};

/// The API of CloudFormation (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/).
/// Creating, updating and removing begin only; each request carries a token, so it has its effect
/// once however often it arrives. Throws aws::ServiceError where the service refuses, Error where
/// it does not answer. Of one thread.
class CloudFormation {
 public:
  explicit CloudFormation(const Session& session) : caller_(aws::kCloudFormation, session) {}

  /// Gives the stack's id.
  std::string create_stack(const StackRequest& request);
  /// Absent where there is nothing to change, which CloudFormation calls an error.
  std::optional<std::string> update_stack(const StackRequest& request);
  /// `stack`: name, or id, by which a stack that is gone is found too.
  std::optional<Stack> find_stack(const std::string& stack);
  /// Newest first.
  std::vector<StackEvent> events(const std::string& stack);
  void remove_stack(const std::string& stack);

 private:
  Caller caller_;
};

}  // namespace stepconf::services
