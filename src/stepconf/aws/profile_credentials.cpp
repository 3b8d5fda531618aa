#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "stepconf/aws/credential_sources.h"
#include "stepconf/base/error.h"

// https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html

namespace stepconf::aws {
namespace {

/// Follows a profile to its credentials, through those that it takes them from.
class Profiles {
 public:
  Profiles(const Environment& environment, Time now)
      : environment_(environment), now_(now), files_(load_profile_files(environment)) {}

  bool has(const std::string& profile) const { return files_.profiles.contains(profile); }

  std::optional<Credentials> find(const std::string& profile) {
    if (files_.setting(profile, "role_arn") && may_assume(profile)) return assumed(profile);
    if (auto found = sso_credentials(environment_, files_, profile, now_)) return found;
    if (auto found = access_key(profile)) return found;
    if (const auto command = files_.setting(profile, "credential_process")) {
      return process_credentials(*command, profile);
    }
    return std::nullopt;
  }

 private:
  std::string setting(const std::string& profile, const char* name) const {
    return files_.setting(profile, name).value_or("");
  }

  // A profile that was come by already is taken for its access key: it may name itself as its
  // source.
  bool may_assume(const std::string& profile) const {
    return std::ranges::find(followed_, profile) == followed_.end() || !access_key(profile);
  }

  std::optional<Credentials> access_key(const std::string& profile) const {
    Credentials found{.access_key_id = setting(profile, "aws_access_key_id"),
                      .secret_access_key = setting(profile, "aws_secret_access_key"),
                      .session_token = setting(profile, "aws_session_token")};
    if (found.access_key_id.empty() || found.secret_access_key.empty()) return std::nullopt;
    return found;
  }

  Credentials assumed(const std::string& profile) {
    if (std::ranges::find(followed_, profile) != followed_.end()) {
      throw InvalidInput(
          fmt::format("the profile \"{}\" takes its credentials from itself by way of others: {}",
                      profile, fmt::join(followed_, ", ")));
    }
    followed_.push_back(profile);
    if (files_.setting(profile, "mfa_serial")) {
      throw InvalidInput(
          fmt::format("the profile \"{}\" has mfa_serial: nobody can be asked for a code; log in "
                      "by another way, "
                      "for example `aws configure export-credentials --profile {} --format env`",
                      profile, profile));
    }
    const AssumedRole role{.arn = setting(profile, "role_arn"),
                           .session_name = setting(profile, "role_session_name"),
                           .external_id = setting(profile, "external_id"),
                           .duration = setting(profile, "duration_seconds")};
    if (const auto token = files_.setting(profile, "web_identity_token_file")) {
      return assume_role_with_token(environment_, role, *token);
    }
    return assume_role(environment_, role, source_of(profile));
  }

  Credentials source_of(const std::string& profile) {
    const auto other = files_.setting(profile, "source_profile");
    const auto place = files_.setting(profile, "credential_source");
    if (other && place) {
      throw InvalidInput(fmt::format(
          "the profile \"{}\" has both source_profile and credential_source; must have one",
          profile));
    }
    if (other) return source_profile(profile, *other);
    if (!place) {
      throw InvalidInput(fmt::format(
          "the profile \"{}\" has role_arn; must have source_profile, credential_source or "
          "web_identity_token_file too",
          profile));
    }
    std::optional<Credentials> found;
    if (*place == "Environment") {
      found = environment_credentials(environment_);
    } else if (*place == "Ec2InstanceMetadata") {
      found = instance_credentials(environment_);
    } else if (*place == "EcsContainer") {
      found = container_credentials(environment_);
    } else {
      throw InvalidInput(
          fmt::format("credential_source of the profile \"{}\" is \"{}\", must be Environment, "
                      "Ec2InstanceMetadata or EcsContainer",
                      profile, *place));
    }
    if (!found) {
      throw Error(fmt::format("credential_source {} of the profile \"{}\" has no credentials",
                              *place, profile));
    }
    return *found;
  }

  Credentials source_profile(const std::string& profile, const std::string& other) {
    if (!has(other)) {
      throw InvalidInput(fmt::format(
          "source_profile of the profile \"{}\" is \"{}\", which no file has", profile, other));
    }
    if (auto found = find(other)) return *found;
    throw Error(
        fmt::format("source_profile of the profile \"{}\" is \"{}\", which has no credentials",
                    profile, other));
  }

  const Environment& environment_;
  Time now_;
  ProfileFile files_;
  /// The profiles whose roles are being assumed.
  std::vector<std::string> followed_;
};

}  // namespace

std::optional<Credentials> profile_credentials(const Environment& environment, Time now) {
  Profiles profiles(environment, now);
  const std::string name = profile_name(environment);
  const bool chosen = environment("AWS_PROFILE") || environment("AWS_DEFAULT_PROFILE");
  if (chosen && !profiles.has(name)) {
    throw InvalidInput(fmt::format(
        "the profile \"{}\" is neither in {} nor in {}", name,
        profile_file_path(environment, ProfileFileKind::kConfiguration).value_or("~/.aws/config"),
        profile_file_path(environment, ProfileFileKind::kCredentials)
            .value_or("~/.aws/credentials")));
  }
  return profiles.find(name);
}

}  // namespace stepconf::aws
