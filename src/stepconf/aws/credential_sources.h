#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stepconf/aws/credentials.h"
#include "stepconf/aws/profile_file.h"
#include "stepconf/base/json.h"
#include "stepconf/net/origin.h"

// Private to aws/: the places where credentials come from. Each gives nothing where it is not
// configured, and throws Error that names it where it is and fails.

namespace stepconf::aws {

/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
std::optional<Credentials> environment_credentials(const Environment& environment);

/// AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN, by AssumeRoleWithWebIdentity.
std::optional<Credentials> web_identity_credentials(const Environment& environment, Time now);

/// The profile: an assumed role (source_profile, credential_source or a web identity), SSO, an
/// access key, or a process. Throws InvalidInput where AWS_PROFILE names a profile that no file
/// has.
std::optional<Credentials> profile_credentials(const Environment& environment, Time now);

/// Fetches credentials from the endpoint that AWS_CONTAINER_CREDENTIALS_FULL_URI or _RELATIVE_URI
/// names, with the token that AWS_CONTAINER_AUTHORIZATION_TOKEN(_FILE) gives.
std::optional<Credentials> container_credentials(const Environment& environment);

/// Fetches the credentials of the EC2 instance's role (IMDSv2); nothing where nobody answers within
/// a second, as on any other machine, or where AWS_EC2_METADATA_DISABLED is true.
std::optional<Credentials> instance_credentials(const Environment& environment);

/// Runs a command in a shell and reads the credentials that it prints
/// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html). Waits a
/// minute at most.
Credentials process_credentials(const std::string& command, const std::string& profile);

/// Exchanges the token that `aws sso login` left in ~/.aws/sso/cache for a role's credentials;
/// renews the token where it is about to expire and can be. Nothing where the profile has neither
/// sso_session nor sso_start_url.
std::optional<Credentials> sso_credentials(const Environment& environment, const ProfileFile& files,
                                           const std::string& profile, Time now);

/// Which role is assumed.
struct AssumedRole {
  std::string arn{};
  /// Empty: a name of our own.
  std::string session_name{};
  std::string external_id{};
  /// In seconds, as text; empty: the service's default, an hour.
  std::string duration{};
};

/// Assumes a role by STS with other credentials.
Credentials assume_role(const Environment& environment, const AssumedRole& role,
                        const Credentials& source);

/// Assumes a role with the token in a file, by an STS call that is not signed.
Credentials assume_role_with_token(const Environment& environment, const AssumedRole& role,
                                   const std::string& token_file);

/// Reads {"AccessKeyId", "SecretAccessKey", "Token" or "SessionToken", "Expiration"}, which
/// containers, instances and processes give. Throws Error where a key is missing.
Credentials read_credentials(const std::string& document);

/// Parses a JSON object that holds secrets: the Error that this throws quotes nothing of it.
Json secret_object(const std::string& document, const std::string& source);

/// Reads "2026-01-01T00:00:00Z", with a fraction of a second or none.
std::optional<Time> parse_time(const std::string& text);

/// Writes it.
std::string format_time(Time time);

}  // namespace stepconf::aws
