#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "stepconf/aws/environment.h"

namespace stepconf::aws {

using Time = std::chrono::system_clock::time_point;

/// What requests are signed with.
struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  /// Of temporary credentials; else empty.
  std::string session_token{};
  /// Absent where they do not expire as far as is known.
  std::optional<Time> expires{};
};

/// Finds credentials where AWS's own SDKs do, in their order: the environment, the profile
/// AWS_PROFILE (default "default") of the shared credentials file, the container's endpoint. May be
/// shared between threads.
class CredentialChain {
 public:
  explicit CredentialChain(Environment environment) : environment_(std::move(environment)) {}

  /// Gives credentials that are good for minutes from `now` on, fetched anew where the last ones
  /// expire before; where that fails, the last ones for as long as they are good. Throws Error that
  /// says where it looked, or why a place that is configured gives none.
  Credentials get(Time now);

 private:
  Credentials find() const;

  Environment environment_;
  std::mutex mutex_;
  std::optional<Credentials> last_;
};

/// Reads a profile from the text of a shared credentials file; absent where it does not hold the
/// profile's access key id and secret.
std::optional<Credentials> profile_credentials(const std::string& text, const std::string& profile);

/// Fetches credentials from the endpoint that AWS_CONTAINER_CREDENTIALS_FULL_URI or _RELATIVE_URI
/// names, with the token that AWS_CONTAINER_AUTHORIZATION_TOKEN(_FILE) gives; absent where neither
/// is set. Throws Error that names the URL and the reason.
std::optional<Credentials> container_credentials(const Environment& environment);

}  // namespace stepconf::aws
