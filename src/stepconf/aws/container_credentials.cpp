#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "stepconf/aws/credentials.h"
#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
#include "stepconf/base/json.h"
#include "stepconf/net/client.h"

// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html

namespace stepconf::aws {
namespace {

constexpr Seconds kConnectLimit{1};
constexpr Seconds kExchangeLimit{5};

std::optional<std::string> url_of(const Environment& environment) {
  if (const auto path = environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
    return "http://169.254.170.2" + *path;
  }
  return environment("AWS_CONTAINER_CREDENTIALS_FULL_URI");
}

// Whoever may set a variable must not be able to send the token anywhere in plain text.
bool may_be_asked(const net::Origin& origin) {
  constexpr std::array<std::string_view, 6> kPlain = {
      "169.254.170.2", "169.254.170.23", "fd00:ec2::23", "localhost", "127.0.0.1", "::1"};
  return origin.secure || std::ranges::find(kPlain, origin.host) != kPlain.end();
}

std::optional<std::string> token(const Environment& environment) {
  const auto file = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  auto found = file ? read_file(*file) : environment("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  if (found && found->find_first_of("\r\n") != std::string::npos) {
    throw Error("the container's authorization token has a line end in it");
  }
  return found;
}

std::optional<Time> parse_time(const std::string& text) {
  std::tm parts{};
  if (::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) == nullptr) return std::nullopt;
  return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

Credentials read_answer(const std::string& body) {
  const Json answer = parse_json(body, "the answer");
  const auto text = [&answer](const char* name) {
    const auto member = answer.find(name);
    return member != answer.end() && member->is_string() ? member->get<std::string>() : "";
  };
  Credentials found{.access_key_id = text("AccessKeyId"),
                    .secret_access_key = text("SecretAccessKey"),
                    .session_token = text("Token"),
                    .expires = parse_time(text("Expiration"))};
  if (found.access_key_id.empty() || found.secret_access_key.empty()) {
    throw Error("the answer has no AccessKeyId and SecretAccessKey");
  }
  return found;
}

}  // namespace

std::optional<Credentials> container_credentials(const Environment& environment) {
  const auto text = url_of(environment);
  if (!text) return std::nullopt;
  const net::Url url = net::parse_url(*text, "the container's credentials URL");
  if (!may_be_asked(url.origin)) {
    throw Error(fmt::format("{}: credentials are asked for over https, or at a container's address",
                            *text));
  }
  try {
    net::Request request{.target = url.target};
    request.headers.set("Host", url.origin.authority());
    request.headers.set("Accept", "application/json");
    if (const auto secret = token(environment)) request.headers.set("Authorization", *secret);
    net::BlockingClient client(url.origin, kConnectLimit);
    const net::Response response = client.exchange(request, kExchangeLimit);
    if (response.status != 200) throw Error(fmt::format("status {}", response.status));
    return read_answer(response.body);
  } catch (const Error& error) {
    throw Error(fmt::format("cannot get credentials from {}: {}", *text, error.what()));
  }
}

}  // namespace stepconf::aws
