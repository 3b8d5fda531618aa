#include "stepconf/aws/environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "stepconf/aws/profile_file.h"
#include "stepconf/base/error.h"

namespace stepconf::aws {
namespace {

// A setting and where it stands, for messages.
struct Found {
  std::string value;
  std::string where;
};

std::optional<Found> region_setting(const Environment& environment) {
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (auto value = environment(name)) return Found{*value, name};
  }
  const std::string profile = profile_name(environment);
  if (auto value = load_profile_files(environment).setting(profile, "region")) {
    return Found{*value, fmt::format("region of the profile \"{}\"", profile)};
  }
  return std::nullopt;
}

std::optional<Found> profile_endpoint(const Environment& environment, const std::string& service) {
  const ProfileFile files = load_profile_files(environment);
  const std::string profile = profile_name(environment);
  if (files.setting(profile, "ignore_configured_endpoint_urls") == "true") return std::nullopt;
  std::string name = service;
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  name += ".endpoint_url";
  const auto section = files.services.find(files.setting(profile, "services").value_or(""));
  if (section != files.services.end()) {
    const auto own = section->second.find(name);
    if (own != section->second.end() && !own->second.empty()) {
      return Found{own->second, fmt::format("{} of the services \"{}\"", name, section->first)};
    }
  }
  if (auto general = files.setting(profile, "endpoint_url")) {
    return Found{*general, fmt::format("endpoint_url of the profile \"{}\"", profile)};
  }
  return std::nullopt;
}

std::optional<Found> endpoint_setting(const Environment& environment, const std::string& service) {
  for (const std::string& name : {"AWS_ENDPOINT_URL_" + service, std::string("AWS_ENDPOINT_URL")}) {
    if (auto value = environment(name)) return Found{*value, name};
  }
  return profile_endpoint(environment, service);
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
}

std::optional<std::string> configured_region(const Environment& environment) {
  const auto found = region_setting(environment);
  if (!found) return std::nullopt;
  const bool usable = std::ranges::all_of(found->value, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (!usable) {
    throw InvalidInput(fmt::format("{} is \"{}\", must be a region's name such as us-east-1",
                                   found->where, found->value));
  }
  return found->value;
}

std::string region(const Environment& environment) {
  const auto found = configured_region(environment);
  if (!found) {
    throw InvalidInput(
        "no AWS region is known: set AWS_REGION, or region in the profile of ~/.aws/config");
  }
  return *found;
}

std::optional<net::Origin> endpoint(const Environment& environment, const std::string& service) {
  if (environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") == "true") return std::nullopt;
  const auto found = endpoint_setting(environment, service);
  if (!found) return std::nullopt;
  const net::Url url = net::parse_url(found->value, found->where);
  if (url.target != "/") {
    throw InvalidInput(fmt::format("{} is \"{}\": must have no path", found->where, found->value));
  }
  return url.origin;
}

}  // namespace stepconf::aws
