#include "stepconf/aws/credentials.h"

#include <utility>

#include "stepconf/aws/credential_sources.h"
#include "stepconf/base/error.h"

namespace stepconf::aws {
namespace {

// As AWS's SDKs: early enough that no request in flight outlives its credentials.
constexpr std::chrono::minutes kRefreshBefore{5};

}  // namespace

std::optional<Credentials> environment_credentials(const Environment& environment) {
  const auto id = environment("AWS_ACCESS_KEY_ID");
  const auto secret = environment("AWS_SECRET_ACCESS_KEY");
  if (!id || !secret) return std::nullopt;
  return Credentials{.access_key_id = *id,
                     .secret_access_key = *secret,
                     .session_token = environment("AWS_SESSION_TOKEN").value_or("")};
}

Credentials find_credentials(const Environment& environment, Time now) {
  if (auto found = environment_credentials(environment)) return *found;
  if (auto found = web_identity_credentials(environment, now)) return *found;
  if (auto found = profile_credentials(environment, now)) return *found;
  if (auto found = container_credentials(environment)) return *found;
  if (auto found = instance_credentials(environment)) return *found;
  throw Error(
      "no AWS credentials were found: neither AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, nor "
      "AWS_WEB_IDENTITY_TOKEN_FILE, nor the profile \"" +
      profile_name(environment) +
      "\" in the shared files, nor AWS_CONTAINER_CREDENTIALS_FULL_URI, nor an EC2 instance's role");
}

CredentialChain::CredentialChain(Environment environment)
    : find_([environment = std::move(environment)](Time now) {
        return find_credentials(environment, now);
      }) {}

CredentialChain::CredentialChain(std::function<Credentials(Time)> find) : find_(std::move(find)) {}

Credentials CredentialChain::get(Time now) {
  const std::scoped_lock lock(mutex_);
  const bool lasting = last_ && (!last_->expires || now < *last_->expires - kRefreshBefore);
  if (lasting) return *last_;
  try {
    last_ = find_(now);
  } catch (const Error&) {
    if (!last_ || now >= *last_->expires) throw;
  }
  return *last_;
}

void CredentialChain::forget() {
  const std::scoped_lock lock(mutex_);
  last_.reset();
}

}  // namespace stepconf::aws
