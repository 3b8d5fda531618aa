#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>

#include "stepconf/aws/credential_sources.h"
#include "stepconf/aws/protocol.h"
#include "stepconf/aws/service.h"
#include "stepconf/base/descriptor.h"
#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/base/json.h"
#include "stepconf/net/digest.h"

// https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html

namespace stepconf::aws {
namespace {

constexpr Service kPortal{"SSO", "portal.sso", "awsssoportal"};
constexpr Service kOidc{"SSO_OIDC", "oidc", "sso-oauth"};
constexpr std::chrono::minutes kRenewBefore{15};
constexpr CallOptions kSsoOptions{.retry = {.attempts = 3, .total = Seconds{20}},
                                  .connect_limit = Seconds{5},
                                  .exchange_limit = Seconds{10}};

// What a profile says of its sign-in.
struct SignIn {
  std::string region{};
  std::string account{};
  std::string role{};
  /// What the cached token's file is named by: the session's name, in old profiles the start URL.
  std::string cached_as{};
  /// Tokens of old profiles cannot be renewed.
  bool renewable = false;
};

SignIn sign_in_of(const ProfileFile& files, const std::string& profile) {
  const auto needed = [&](std::optional<std::string> value, const char* name) {
    if (value) return *value;
    throw InvalidInput(
        fmt::format("the profile \"{}\" signs in by SSO and has no {}", profile, name));
  };
  SignIn found{.account = needed(files.setting(profile, "sso_account_id"), "sso_account_id"),
               .role = needed(files.setting(profile, "sso_role_name"), "sso_role_name")};
  const auto session = files.setting(profile, "sso_session");
  if (!session) {
    found.region = needed(files.setting(profile, "sso_region"), "sso_region");
    found.cached_as = needed(files.setting(profile, "sso_start_url"), "sso_start_url");
    return found;
  }
  const auto section = files.sso_sessions.find(*session);
  const bool has_region =
      section != files.sso_sessions.end() && section->second.contains("sso_region");
  if (!has_region) {
    throw InvalidInput(fmt::format(
        "the profile \"{}\" names sso-session \"{}\", which is missing or has no sso_region",
        profile, *session));
  }
  found.region = section->second.at("sso_region");
  found.cached_as = *session;
  found.renewable = true;
  return found;
}

Destination there(const Service& service, const Environment& environment, const SignIn& sign_in) {
  Destination found = public_destination(service, sign_in.region);
  if (const auto own = endpoint(environment, std::string(service.variable))) found.origin = *own;
  return found;
}

std::string text_of(const Json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_string() ? member->get<std::string>() : "";
}

/// The token that `aws sso login` left.
class CachedToken {
 public:
  CachedToken(const Environment& environment, const SignIn& sign_in) {
    const auto home = environment("HOME");
    if (!home) throw Error("HOME is not set, so the SSO cache is not found");
    path_ = fmt::format("{}/.aws/sso/cache/{}.json", *home,
                        net::hexadecimal(net::sha1(sign_in.cached_as)));
    token_ = secret_object(read_file(path_), path_);
  }

  std::string text() const { return text_of(token_, "accessToken"); }
  bool good(Time at) const {
    const auto until = parse_time(text_of(token_, "expiresAt"));
    return !text().empty() && until && at < *until;
  }

  // RFC 6749, section 6, as AWS has it:
  // https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html
  void renew(const Destination& oidc, Time now) {
    const Json order{{"grantType", "refresh_token"},
                     {"clientId", text_of(token_, "clientId")},
                     {"clientSecret", text_of(token_, "clientSecret")},
                     {"refreshToken", text_of(token_, "refreshToken")}};
    ServiceClient client(nullptr, kSsoOptions);
    const Json answer = json_answer(
        client.perform(oidc, Operation{.action = "sso-oauth:CreateToken",
                                       .request = rest_request("POST", "/token", {}, order),
                                       .repeat = Repeat::kUnsafe}),
        "sso-oauth:CreateToken");
    const auto seconds = answer.find("expiresIn");
    if (text_of(answer, "accessToken").empty() || seconds == answer.end() ||
        !seconds->is_number_integer()) {
      throw Error("sso-oauth:CreateToken: the answer has no token");
    }
    token_["accessToken"] = text_of(answer, "accessToken");
    token_["expiresAt"] = format_time(now + std::chrono::seconds(seconds->get<int>()));
    if (const std::string next = text_of(answer, "refreshToken"); !next.empty()) {
      token_["refreshToken"] = next;
    }
    keep();
  }

  bool renewable(Time now) const {
    const auto until = parse_time(text_of(token_, "registrationExpiresAt"));
    return !text_of(token_, "refreshToken").empty() && !text_of(token_, "clientId").empty() &&
           until && now < *until;
  }

 private:
  // For the command line and other SDKs: the old refresh token may be good no more.
  void keep() const {
    // Where that fails, the token is good for this program nevertheless.
    std::string neighbour = path_ + ".XXXXXX";
    const Descriptor file(::mkostemp(neighbour.data(), O_CLOEXEC));  // For the user's eyes only.
    if (!file) return;
    const std::string text = token_.dump();
    const bool written =
        ::write(file.get(), text.data(), text.size()) == static_cast<::ssize_t>(text.size());
    if (!written || ::rename(neighbour.c_str(), path_.c_str()) != 0) ::unlink(neighbour.c_str());
  }

  std::string path_;
  Json token_;
};

std::string good_token(const Environment& environment, const SignIn& sign_in, Time now) {
  CachedToken token(environment, sign_in);
  if (sign_in.renewable && !token.good(now + kRenewBefore) && token.renewable(now)) {
    try {
      token.renew(there(kOidc, environment, sign_in), now);
    } catch (const Error&) {
      if (!token.good(now)) throw;
    }
  }
  if (!token.good(now)) throw Error("the sign-in has expired");
  return token.text();
}

Credentials role_credentials(const Environment& environment, const SignIn& sign_in,
                             const std::string& token) {
  net::Request request =
      rest_request("GET", "/federation/credentials",
                   {{"account_id", sign_in.account}, {"role_name", sign_in.role}});
  request.headers.set("x-amz-sso_bearer_token", token);
  ServiceClient client(nullptr, kSsoOptions);
  const Json answer = json_answer(
      client.perform(there(kPortal, environment, sign_in),
                     Operation{.action = "sso:GetRoleCredentials",
                               .resource = fmt::format("{} in {}", sign_in.role, sign_in.account),
                               .request = request}),
      "sso:GetRoleCredentials");
  const auto found = answer.find("roleCredentials");
  if (found == answer.end() || !found->is_object()) {
    throw Error("sso:GetRoleCredentials: the answer has no credentials");
  }
  Credentials credentials{.access_key_id = text_of(*found, "accessKeyId"),
                          .secret_access_key = text_of(*found, "secretAccessKey"),
                          .session_token = text_of(*found, "sessionToken")};
  const auto until = found->find("expiration");
  if (until != found->end() && until->is_number_integer()) {
    credentials.expires = Time(std::chrono::milliseconds(until->get<std::int64_t>()));
  }
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
    throw Error("sso:GetRoleCredentials: the answer has no credentials");
  }
  return credentials;
}

}  // namespace

std::optional<Credentials> sso_credentials(const Environment& environment, const ProfileFile& files,
                                           const std::string& profile, Time now) {
  if (!files.setting(profile, "sso_session") && !files.setting(profile, "sso_start_url")) {
    return std::nullopt;
  }
  const SignIn sign_in = sign_in_of(files, profile);
  try {
    return role_credentials(environment, sign_in, good_token(environment, sign_in, now));
  } catch (const Error& error) {
    throw Error(
        fmt::format("cannot get credentials of the profile \"{}\" by SSO: {}; log in with "
                    "`aws sso login --profile {}`",
                    profile, error.what(), profile));
  }
}

}  // namespace stepconf::aws
