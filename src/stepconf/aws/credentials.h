#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "stepconf/aws/environment.h"

namespace stepconf::aws {

using Time = std::chrono::system_clock::time_point;

/// What requests are signed with.
struct Credentials {
  std::string access_key_id{};
  std::string secret_access_key{};
  /// Of temporary credentials; else empty.
  std::string session_token{};
  /// Absent where they do not expire as far as is known.
  std::optional<Time> expires{};
};

/// Finds credentials where AWS's own SDKs do, in their order (docs/credentials.md): the
/// environment, a web identity that the environment names, the profile, the container's endpoint,
/// the instance's metadata. May be shared between threads: one fetches, the others wait for it.
class CredentialChain {
 public:
  explicit CredentialChain(Environment environment);
  /// Takes credentials from anywhere else; `find` is given the time.
  explicit CredentialChain(std::function<Credentials(Time)> find);

  /// Gives credentials that are good for minutes from `now` on, fetched anew where the last ones
  /// expire before; where that fails, the last ones for as long as they are good. Throws Error that
  /// says where it looked, or why a place that is configured gives none.
  Credentials get(Time now);

  /// Has the next `get` fetch anew, because a service says that the last ones have expired.
  void forget();

 private:
  std::function<Credentials(Time)> find_;
  std::mutex mutex_;
  std::optional<Credentials> last_;
};

/// Finds credentials once, as a chain does, and keeps none.
Credentials find_credentials(const Environment& environment, Time now);

}  // namespace stepconf::aws
