#include "stepconf/deploy/aws/trouble.h"

#include <gtest/gtest.h>

namespace stepconf::deploy {
namespace {

Trouble trouble(int status, const std::string& code,
                const std::string& message = "said the service") {
  return trouble_of(aws::ServiceError(status, code, message));
}

TEST(Trouble, OfWhatIsInTheWayIsAConflict) {
  EXPECT_EQ(trouble(409, "ResourceConflictException"), Trouble::conflict);
  EXPECT_EQ(trouble(412, "PreconditionFailedException"), Trouble::conflict);
  EXPECT_EQ(trouble(409, "EntityAlreadyExists"), Trouble::conflict);
  EXPECT_EQ(trouble(400, "ResourceInUseException"), Trouble::conflict);
  EXPECT_EQ(trouble(400, "StateMachineDeleting"), Trouble::conflict);
}

TEST(Trouble, OfARoleThatWasJustMadePassesBy) {
  EXPECT_EQ(trouble(400, "InvalidParameterValueException",
                    "The role defined for the function cannot be assumed by Lambda."),
            Trouble::not_ready);
  // Step Functions calls the same a missing permission.
  EXPECT_EQ(trouble(400, "AccessDeniedException",
                    "Neither the global service principal states.amazonaws.com, nor the regional "
                    "one is authorized to assume the provided role."),
            Trouble::not_ready);
}

TEST(Trouble, TellsThrottlingFromAMissingPermission) {
  EXPECT_EQ(trouble(429, "TooManyRequestsException"), Trouble::throttled);
  EXPECT_EQ(trouble(400, "ThrottlingException"), Trouble::throttled);
  EXPECT_EQ(trouble(403, "AccessDenied"), Trouble::denied);
}

TEST(Trouble, OfAServiceThatFailedLeavesOpenWhatWasDone) {
  EXPECT_EQ(trouble(500, "ServiceException"), Trouble::unanswered);
  EXPECT_EQ(trouble(503, ""), Trouble::unanswered);
}

TEST(Trouble, OfAnythingElseIsForGood) {
  EXPECT_EQ(trouble(400, "InvalidParameterValueException"), Trouble::refused);
  EXPECT_EQ(trouble(400, "CodeStorageExceededException"), Trouble::refused);
  EXPECT_EQ(trouble(409, "LimitExceeded"), Trouble::refused);
  EXPECT_EQ(trouble(404, "ResourceNotFoundException"), Trouble::not_found);
}

}  // namespace
}  // namespace stepconf::deploy
