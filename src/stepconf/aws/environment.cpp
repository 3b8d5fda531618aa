#include "stepconf/aws/environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "stepconf/base/error.h"

namespace stepconf::aws {

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
}

std::string region(const Environment& environment) {
  auto found = environment("AWS_REGION");
  if (!found) found = environment("AWS_DEFAULT_REGION");
  if (!found) throw InvalidInput("no AWS region is known: set AWS_REGION");
  const bool usable = std::ranges::all_of(
      *found, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (!usable) {
    throw InvalidInput(
        fmt::format("AWS_REGION is \"{}\", must be a region's name such as us-east-1", *found));
  }
  return *found;
}

std::optional<net::Origin> endpoint(const Environment& environment, const std::string& service) {
  if (environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") == "true") return std::nullopt;
  for (const std::string& name : {"AWS_ENDPOINT_URL_" + service, std::string("AWS_ENDPOINT_URL")}) {
    const auto text = environment(name);
    if (!text) continue;
    const net::Url url = net::parse_url(*text, name);
    if (url.target != "/") {
      throw InvalidInput(fmt::format("{} is \"{}\": must have no path", name, *text));
    }
    return url.origin;
  }
  return std::nullopt;
}

}  // namespace stepconf::aws
