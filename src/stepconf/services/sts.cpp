#include "stepconf/services/sts.h"

#include "stepconf/aws/credential_sources.h"
#include "stepconf/services/query_caller.h"

namespace stepconf::services {
namespace {

constexpr std::string_view kStsVersion = "2011-06-15";

RoleSession read_session(const XmlElement& result) {
  const XmlElement& keys = result.child("Credentials");
  return {.credentials = {.access_key_id = keys.text_at({"AccessKeyId"}),
                          .secret_access_key = keys.text_at({"SecretAccessKey"}),
                          .session_token = keys.text_at({"SessionToken"}),
                          .expires = aws::parse_time(keys.text_at({"Expiration"}))},
          .arn = result.text_at({"AssumedRoleUser", "Arn"})};
}

Session without_credentials(Session session) {
  session.credentials.reset();
  return session;
}

}  // namespace

Sts::Sts(const Session& session)
    : caller_(aws::kSts, session), unsigned_(aws::kSts, without_credentials(session)) {}

CallerIdentity Sts::caller_identity() {
  const XmlElement result = query(caller_, kStsVersion, "GetCallerIdentity", "", {});
  return {.account = result.text_at({"Account"}),
          .arn = result.text_at({"Arn"}),
          .user_id = result.text_at({"UserId"})};
}

RoleSession Sts::assume_role(const std::string& role_arn, const std::string& session_name,
                             const std::string& external_id) {
  aws::Parameters parameters{{"RoleArn", role_arn}, {"RoleSessionName", session_name}};
  if (!external_id.empty()) parameters["ExternalId"] = external_id;
  return read_session(query(caller_, kStsVersion, "AssumeRole", role_arn, parameters));
}

RoleSession Sts::assume_role_with_web_identity(const std::string& role_arn,
                                               const std::string& session_name,
                                               const std::string& token) {
  return read_session(query(
      unsigned_, kStsVersion, "AssumeRoleWithWebIdentity", role_arn,
      {{"RoleArn", role_arn}, {"RoleSessionName", session_name}, {"WebIdentityToken", token}}));
}

}  // namespace stepconf::services
