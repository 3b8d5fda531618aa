#include "stepconf/aws/credentials.h"

#include <sstream>
#include <string_view>

#include "stepconf/base/error.h"
#include "stepconf/base/file.h"

namespace stepconf::aws {
namespace {

// As AWS's SDKs: early enough that no request in flight outlives its credentials.
constexpr std::chrono::minutes kRefreshBefore{5};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::optional<Credentials> environment_credentials(const Environment& environment) {
  const auto id = environment("AWS_ACCESS_KEY_ID");
  const auto secret = environment("AWS_SECRET_ACCESS_KEY");
  if (!id || !secret) return std::nullopt;
  return Credentials{.access_key_id = *id,
                     .secret_access_key = *secret,
                     .session_token = environment("AWS_SESSION_TOKEN").value_or("")};
}

std::optional<Credentials> file_credentials(const Environment& environment) {
  auto path = environment("AWS_SHARED_CREDENTIALS_FILE");
  if (!path) {
    const auto home = environment("HOME");
    if (!home) return std::nullopt;
    path = *home + "/.aws/credentials";
  }
  if (!std::filesystem::is_regular_file(*path)) return std::nullopt;
  return profile_credentials(read_file(*path), environment("AWS_PROFILE").value_or("default"));
}

}  // namespace

std::optional<Credentials> profile_credentials(const std::string& text,
                                               const std::string& profile) {
  Credentials found;
  bool inside = false;
  std::istringstream lines(text);
  for (std::string whole; std::getline(lines, whole);) {
    const std::string_view line = trimmed(whole);
    if (line.starts_with('[')) {
      inside = line.ends_with(']') && trimmed(line.substr(1, line.size() - 2)) == profile;
      continue;
    }
    const auto equals = line.find('=');
    if (!inside || equals == std::string_view::npos) continue;
    const std::string_view name = trimmed(line.substr(0, equals));
    const std::string_view value = trimmed(line.substr(equals + 1));
    if (name == "aws_access_key_id") found.access_key_id = value;
    if (name == "aws_secret_access_key") found.secret_access_key = value;
    if (name == "aws_session_token") found.session_token = value;
  }
  if (found.access_key_id.empty() || found.secret_access_key.empty()) return std::nullopt;
  return found;
}

Credentials CredentialChain::get(Time now) {
  const std::scoped_lock lock(mutex_);
  const bool lasting = last_ && (!last_->expires || now < *last_->expires - kRefreshBefore);
  if (lasting) return *last_;
  try {
    last_ = find();
  } catch (const Error&) {
    if (!last_ || now >= *last_->expires) throw;
  }
  return *last_;
}

Credentials CredentialChain::find() const {
  if (auto found = environment_credentials(environment_)) return *found;
  if (auto found = file_credentials(environment_)) return *found;
  if (auto found = container_credentials(environment_)) return *found;
  throw Error(
      "no AWS credentials were found: neither AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, nor the "
      "profile in the shared credentials file, nor AWS_CONTAINER_CREDENTIALS_FULL_URI");
}

}  // namespace stepconf::aws
