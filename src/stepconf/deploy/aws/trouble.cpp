#include "stepconf/deploy/aws/trouble.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "stepconf/services/caller.h"

namespace stepconf::deploy {
namespace {

// A role that was made a moment ago: Lambda and Step Functions refuse it in these words.
constexpr std::array<std::string_view, 2> kRoleUnknown = {
    "cannot be assumed by Lambda",
    "authorized to assume the provided role",
};

// By service: Lambda, IAM, DynamoDB, CloudWatch Logs, Step Functions.
constexpr std::array<std::string_view, 12> kConflicts = {
    "ResourceConflictException",
    "PreconditionFailedException",
    "EntityAlreadyExists",
    "ConcurrentModification",
    "DeleteConflict",
    "ResourceInUseException",
    "ResourceAlreadyExistsException",
    "OperationAbortedException",
    "StateMachineAlreadyExists",
    "StateMachineDeleting",
    "ConflictException",
    // DynamoDB's for more than 50 tables in the making; IAM's and Lambda's quotas are called
    // otherwise.
    "LimitExceededException",
};

bool is_among(const auto& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

}  // namespace

Trouble trouble_of(const aws::ServiceError& error) {
  const std::string_view message = error.what();
  const bool role_unknown = std::ranges::any_of(kRoleUnknown, [&](std::string_view words) {
    return message.find(words) != std::string_view::npos;
  });
  if (role_unknown) return Trouble::not_ready;
  if (is_among(kConflicts, error.code())) return Trouble::conflict;
  if (services::not_there(error)) return Trouble::not_found;
  if (aws::throttled(error)) return Trouble::throttled;
  if (aws::denied(error)) return Trouble::denied;
  if (aws::passes_by(error)) return Trouble::unanswered;
  return Trouble::refused;
}

}  // namespace stepconf::deploy
