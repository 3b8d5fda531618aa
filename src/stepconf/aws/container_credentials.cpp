#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "stepconf/aws/credential_sources.h"
#include "stepconf/base/error.h"
#include "stepconf/base/file.h"
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
    return read_credentials(response.body);
  } catch (const Error& error) {
    throw Error(fmt::format("cannot get credentials from {}: {}", *text, error.what()));
  }
}

}  // namespace stepconf::aws
