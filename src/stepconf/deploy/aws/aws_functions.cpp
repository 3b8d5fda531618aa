// Functions, their versions and aliases, and layers.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "stepconf/deploy/aws/aws_control_plane.h"
#include "stepconf/deploy/aws/function_documents.h"
#include "stepconf/deploy/aws/guarded.h"
#include "stepconf/net/client.h"

namespace stepconf::deploy {
namespace {

// A zip has 250 MB at most, unpacked.
constexpr Seconds kDownloadLimit{300};

services::LambdaCode uploaded(const FunctionCode& code) {
  if (!code.zip) return {.image_uri = code.image_uri};
  return {.zip = *code.zip};
}

// From where Lambda has put it for ten minutes; the URL is signed.
std::string download(const std::string& url, const std::string& function) {
  const std::string what = fmt::format("the code of function {}", function);
  const net::Url place = net::parse_url(url, what);
  net::BlockingClient client(place.origin);
  net::Request request{.method = "GET", .target = place.target};
  request.headers.set("Host", place.origin.authority());
  net::Response answer = client.exchange(request, kDownloadLimit);
  if (answer.status != 200) {
    throw ControlPlaneError(
        Trouble::unanswered,
        fmt::format("{}: fetching it was answered with status {}", what, answer.status));
  }
  return std::move(answer.body);
}

LayerVersion layer_version(services::LambdaLayerVersion version) {
  return {version.version, std::move(version.arn), std::move(version.description)};
}

}  // namespace

std::optional<FunctionState> AwsControlPlane::find_function(const std::string& name) {
  return guarded([&]() -> std::optional<FunctionState> {
    auto found = lambda_.find_function(name);
    if (!found) return std::nullopt;
    FunctionState state = function_state(found->function);
    state.image_uri = std::move(found->image_uri);
    state.tags = std::move(found->tags);
    return state;
  });
}

FunctionCode AwsControlPlane::function_code(const std::string& name) {
  return guarded([&]() -> FunctionCode {
    const auto found = lambda_.find_function(name);
    if (!found) {
      throw ControlPlaneError(Trouble::not_found, fmt::format("function {}: is not there", name));
    }
    if (!found->image_uri.empty()) {
      return {.sha256 = found->function.code_sha256, .image_uri = found->image_uri};
    }
    return zip_code(download(found->code_url, name));
  });
}

std::vector<std::string> AwsControlPlane::functions_named(const std::string& prefix) {
  return guarded([&] {
    std::vector<std::string> names;
    for (services::LambdaFunction& function : lambda_.functions()) {
      if (function.name.starts_with(prefix)) names.push_back(std::move(function.name));
    }
    std::ranges::sort(names);
    return names;
  });
}

FunctionState AwsControlPlane::create_function(const std::string& name,
                                               const FunctionConfiguration& configuration,
                                               const FunctionCode& code, const Tags& tags) {
  return guarded([&] {
    services::LambdaSettings settings = settings_of(configuration);
    settings.more["Architectures"] = Json::array({configuration.settings.architecture});
    FunctionState state =
        function_state(lambda_.create_function(name, settings, uploaded(code), tags));
    state.tags = tags;
    return state;
  });
}

FunctionState AwsControlPlane::update_configuration(const std::string& name,
                                                    const FunctionConfiguration& configuration,
                                                    const std::string& revision) {
  return guarded([&] {
    return function_state(
        lambda_.update_configuration(name, all_settings_of(configuration), revision));
  });
}

FunctionState AwsControlPlane::update_code(const std::string& name, const FunctionCode& code,
                                           const std::string& architecture,
                                           const std::string& revision) {
  return guarded([&] {
    return function_state(lambda_.update_code(name, uploaded(code), revision, architecture));
  });
}

VersionState AwsControlPlane::publish_version(const std::string& name,
                                              const std::string& revision) {
  // Without a description of its own a version takes over that of $LATEST.
  return guarded([&] { return version_state(lambda_.publish_version(name, {}, {}, revision)); });
}

std::vector<VersionState> AwsControlPlane::versions(const std::string& name) {
  return guarded([&] {
    std::vector<VersionState> versions;
    for (services::LambdaFunction& version : lambda_.versions(name)) {
      if (version.version == "$LATEST") continue;
      // Listings may leave out whether a version is usable.
      if (version.state.empty()) {
        if (auto whole = lambda_.find_configuration(name, version.version)) {
          version = std::move(*whole);
        }
      }
      versions.push_back(version_state(version));
    }
    std::ranges::sort(versions, {}, [](const VersionState& version) {
      return std::pair(version.version.size(), version.version);
    });
    return versions;
  });
}

void AwsControlPlane::delete_version(const std::string& name, const std::string& version) {
  guarded_removal(fmt::format("version {} of function {}", version, name),
                  [&] { return lambda_.remove_function(name, version); });
}

std::map<std::string, std::string> AwsControlPlane::aliases(const std::string& name) {
  return guarded([&] {
    std::map<std::string, std::string> versions;
    for (services::LambdaAlias& alias : lambda_.aliases(name)) {
      versions[std::move(alias.name)] = std::move(alias.version);
    }
    return versions;
  });
}

void AwsControlPlane::create_alias(const std::string& name, const std::string& alias,
                                   const std::string& version) {
  guarded([&] { lambda_.create_alias(name, alias, version); });
}

void AwsControlPlane::update_alias(const std::string& name, const std::string& alias,
                                   const std::string& version) {
  guarded([&] { lambda_.update_alias(name, alias, version); });
}

void AwsControlPlane::delete_alias(const std::string& name, const std::string& alias) {
  guarded_removal(fmt::format("alias {} of function {}", alias, name),
                  [&] { return lambda_.remove_alias(name, alias); });
}

void AwsControlPlane::delete_function(const std::string& name) {
  guarded_removal("function " + name, [&] { return lambda_.remove_function(name); });
}

std::vector<LayerVersion> AwsControlPlane::layer_versions(const std::string& layer) {
  return guarded([&] {
    std::vector<LayerVersion> versions;
    for (services::LambdaLayerVersion& version : lambda_.layer_versions(layer)) {
      versions.push_back(layer_version(std::move(version)));
    }
    return versions;
  });
}

LayerVersion AwsControlPlane::publish_layer(const std::string& layer, const FunctionCode& code,
                                            const std::string& architecture,
                                            const std::string& description) {
  return guarded([&] {
    return layer_version(lambda_.publish_layer(layer, uploaded(code), description, {architecture}));
  });
}

void AwsControlPlane::delete_layer_version(const std::string& layer, int version) {
  guarded([&] { lambda_.remove_layer_version(layer, version); });
}

}  // namespace stepconf::deploy
