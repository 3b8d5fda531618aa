#include <fmt/format.h>

#include <memory>
#include <utility>

#include "stepconf/aws/credential_sources.h"
#include "stepconf/aws/protocol.h"
#include "stepconf/aws/service.h"
#include "stepconf/base/error.h"
#include "stepconf/base/file.h"

// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html

namespace stepconf::aws {
namespace {

constexpr CallOptions kAssumeOptions{.retry = {.attempts = 3, .total = Seconds{20}},
                                     .connect_limit = Seconds{5},
                                     .exchange_limit = Seconds{10}};

// Where no region is known, the home of the role's partition: "arn:aws-cn:iam::1:role/x".
Destination sts(const Environment& environment, const std::string& role) {
  if (configured_region(environment)) return destination(kSts, environment);
  std::string home = "us-east-1";
  if (role.starts_with("arn:aws-cn:")) home = "cn-north-1";
  if (role.starts_with("arn:aws-us-gov:")) home = "us-gov-west-1";
  Destination there = public_destination(kSts, home);
  if (const auto own = endpoint(environment, "STS")) there.origin = *own;
  return there;
}

Parameters parameters(const AssumedRole& role) {
  Parameters all{{"RoleArn", role.arn},
                 {"RoleSessionName", role.session_name.empty() ? "stepconf" : role.session_name}};
  if (!role.external_id.empty()) all["ExternalId"] = role.external_id;
  if (!role.duration.empty()) all["DurationSeconds"] = role.duration;
  return all;
}

Credentials call(const Environment& environment, const AssumedRole& role, std::string_view action,
                 const Parameters& parameters, std::shared_ptr<CredentialChain> source) {
  ServiceClient client(std::move(source), kAssumeOptions);
  const net::Response response =
      client.perform(sts(environment, role.arn),
                     Operation{.action = fmt::format("sts:{}", action),
                               .resource = role.arn,
                               .request = query_request(action, "2011-06-15", parameters)});
  const auto text = [&](const char* name) { return xml_text(response.body, name).value_or(""); };
  Credentials found{.access_key_id = text("AccessKeyId"),
                    .secret_access_key = text("SecretAccessKey"),
                    .session_token = text("SessionToken"),
                    .expires = parse_time(text("Expiration"))};
  if (found.access_key_id.empty() || found.secret_access_key.empty()) {
    throw Error(fmt::format("sts:{} of {}: the answer has no credentials", action, role.arn));
  }
  return found;
}

}  // namespace

Credentials assume_role(const Environment& environment, const AssumedRole& role,
                        const Credentials& source) {
  return call(environment, role, "AssumeRole", parameters(role),
              std::make_shared<CredentialChain>([source](Time) { return source; }));
}

Credentials assume_role_with_token(const Environment& environment, const AssumedRole& role,
                                   const std::string& token_file) {
  Parameters all = parameters(role);
  all["WebIdentityToken"] = read_file(token_file);
  return call(environment, role, "AssumeRoleWithWebIdentity", all, nullptr);
}

std::optional<Credentials> web_identity_credentials(const Environment& environment, Time) {
  const auto file = environment("AWS_WEB_IDENTITY_TOKEN_FILE");
  const auto role = environment("AWS_ROLE_ARN");
  if (!file || !role) return std::nullopt;
  return assume_role_with_token(
      environment,
      {.arn = *role, .session_name = environment("AWS_ROLE_SESSION_NAME").value_or("")}, *file);
}

}  // namespace stepconf::aws
