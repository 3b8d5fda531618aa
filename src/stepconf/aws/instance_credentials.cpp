#include <fmt/format.h>

#include "stepconf/aws/credential_sources.h"
#include "stepconf/base/error.h"
#include "stepconf/net/client.h"

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html

namespace stepconf::aws {
namespace {

constexpr Seconds kAnswerLimit{1};
constexpr const char* kRole = "/latest/meta-data/iam/security-credentials/";

net::Url address(const Environment& environment) {
  if (const auto own = environment("AWS_EC2_METADATA_SERVICE_ENDPOINT")) {
    return net::parse_url(*own, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
  }
  const bool ip6 = environment("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE").value_or("") == "IPv6";
  return net::parse_url(ip6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254", "the address");
}

net::Response ask(net::BlockingClient& client, const net::Origin& origin, net::Request request) {
  request.headers.set("Host", origin.authority());
  return client.exchange(request, kAnswerLimit);
}

std::string read(net::BlockingClient& client, const net::Origin& origin, const std::string& path,
                 const std::string& token) {
  net::Request request{.target = path};
  request.headers.set("X-aws-ec2-metadata-token", token);
  const net::Response response = ask(client, origin, request);
  if (response.status != 200) throw Error(fmt::format("{}: status {}", path, response.status));
  return response.body;
}

// What must not be put into a header or a path as it is.
std::string one_line(std::string text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty() || text.find_first_of("\r\n \t") != std::string::npos) {
    throw Error("the answer is not one word");
  }
  return text;
}

}  // namespace

std::optional<Credentials> instance_credentials(const Environment& environment) {
  if (environment("AWS_EC2_METADATA_DISABLED").value_or("") == "true") return std::nullopt;
  const net::Origin origin = address(environment).origin;
  net::BlockingClient client(origin, kAnswerLimit);
  net::Response answer;
  try {
    net::Request request{.method = "PUT", .target = "/latest/api/token"};
    request.headers.set("X-aws-ec2-metadata-token-ttl-seconds", "21600");
    answer = ask(client, origin, request);
  } catch (const Error&) {
    return std::nullopt;
  }
  if (answer.status != 200) return std::nullopt;
  try {
    const std::string token = one_line(answer.body);
    net::Request request{.target = kRole};
    request.headers.set("X-aws-ec2-metadata-token", token);
    const net::Response role = ask(client, origin, request);
    if (role.status == 404) return std::nullopt;  // An instance without a role.
    if (role.status != 200) throw Error(fmt::format("status {}", role.status));
    return read_credentials(read(client, origin, kRole + one_line(role.body), token));
  } catch (const Error& error) {
    throw Error(fmt::format("cannot get credentials from the instance's metadata at {}: {}",
                            origin.text(), error.what()));
  }
}

}  // namespace stepconf::aws
