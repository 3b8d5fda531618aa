#include "stepconf/cli/aws_account.h"

#include "stepconf/aws/environment.h"
#include "stepconf/services/sts.h"

namespace stepconf::cli {
namespace {

// The second field of an ARN.
std::string partition_of(const std::string& arn) {
  const auto begin = arn.find(':');
  if (begin == std::string::npos) return "aws";
  return arn.substr(begin + 1, arn.find(':', begin + 1) - begin - 1);
}

}  // namespace

AwsAccount open_account() {
  AwsAccount opened{.session = services::open_session(), .account = {}, .caller = {}};
  opened.account.region = aws::region(opened.session.environment);
  services::CallerIdentity identity = services::Sts(opened.session).caller_identity();
  opened.account.id = std::move(identity.account);
  opened.account.partition = partition_of(identity.arn);
  opened.caller = std::move(identity.arn);
  return opened;
}

}  // namespace stepconf::cli
