#include "stepconf/platform/local/function_catalog.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "stepconf/platform/local/api_reply.h"

namespace stepconf::platform {

namespace {

// The most that Lambda puts into one page, whatever MaxItems asks for.
constexpr int kLargestPage = 50;

// Cuts out the page that MaxItems and Marker ask for; a marker is the position to go on from.
net::Response page(const std::vector<Json>& all, const char* key, std::string_view query) {
  const auto number = [query](std::string_view name, int otherwise) -> std::optional<int> {
    const auto text = query_parameter(query, name);
    if (!text || text->empty()) return otherwise;
    int value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
    return value;
  };
  const auto items = number("MaxItems", kLargestPage);
  const auto marker = number("Marker", 0);
  const int size = static_cast<int>(all.size());
  if (!items || *items < 1 || !marker || *marker < 0 || *marker > size) {
    return api_error(400, "InvalidParameterValueException",
                     fmt::format("MaxItems or Marker is not valid: \"{}\"", query));
  }
  const int end = std::min(size, *marker + std::min(*items, kLargestPage));
  Json body = {{key, Json(std::vector<Json>(all.begin() + *marker, all.begin() + end))}};
  if (end < size) body["NextMarker"] = std::to_string(end);
  return api_reply(200, body);
}

std::vector<std::string> segments(std::string_view path) {
  std::vector<std::string> parts;
  while (true) {
    const auto slash = path.find('/');
    parts.emplace_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

std::vector<FunctionVersion> published(const LocalPlatformOptions& options,
                                       const std::string& name) {
  std::vector<FunctionVersion> versions;
  for (const MemoryMb memory : memory_sizes_of(options, options.functions.at(name))) {
    versions.push_back({memory, std::to_string(versions.size() + 1)});
  }
  return versions;
}

}  // namespace

FunctionCatalog::FunctionCatalog(const LocalPlatformOptions& options)
    : options_(options),
      modified_(fmt::format("{:%Y-%m-%dT%H:%M:%S}.000+0000",
                            fmt::gmtime(std::chrono::system_clock::now()))) {}

std::optional<net::Response> FunctionCatalog::get(std::string_view path,
                                                  std::string_view query) const {
  if (path.empty()) return list_functions(query);
  const std::vector<std::string> parts = segments(path);
  const std::string what = parts.size() > 1 ? parts[1] : "";
  const bool of_alias = parts.size() == 3 && what == "aliases" && !parts[2].empty();
  if (!of_alias && parts.size() > 2) return std::nullopt;
  if (parts.size() == 2 && what != "configuration" && what != "versions" && what != "aliases") {
    return std::nullopt;
  }

  auto target = parse_invoke_target(parts[0], query);
  if (!target) return bad_name(parts[0], query);
  if (of_alias) target->qualifier = net::percent_decode(parts[2]);
  const auto version = find_version(options_, *target);
  // A number is a version and no alias.
  if (!version || (of_alias && !target->qualifier.starts_with("mem-"))) {
    return not_found(options_, *target);
  }
  if (of_alias) return api_reply(200, alias(target->function, *version));
  if (what == "versions") return list_versions(target->function, query);
  if (what == "aliases") return list_aliases(target->function, query);

  const Json configured = configuration(target->function, *version, target->qualifier);
  if (what == "configuration") return api_reply(200, configured);
  const std::string directory = options_.functions.at(target->function).directory.string();
  return api_reply(200,
                   {{"Configuration", configured},
                    {"Code", {{"RepositoryType", "local"}, {"Location", "file://" + directory}}}});
}

Json FunctionCatalog::configuration(const std::string& name, const FunctionVersion& version,
                                    std::string_view qualifier) const {
  const LocalFunction& function = options_.functions.at(name);
  return {{"FunctionName", name},
          {"FunctionArn", function_arn(options_, name, qualifier)},
          {"Version", version.version},
          {"MemorySize", version.memory.value},
          {"Timeout", std::max(1, static_cast<int>(std::ceil(function.timeout.count())))},
          {"Runtime", "provided"},
          {"Environment", {{"Variables", Json(function.environment)}}},
          {"LastModified", modified_},
          {"State", "Active"},
          {"LastUpdateStatus", "Successful"},
          {"PackageType", "Zip"},
          {"TracingConfig", {{"Mode", "PassThrough"}}}};
}

Json FunctionCatalog::alias(const std::string& name, const FunctionVersion& version) const {
  const std::string alias = fmt::format("mem-{}", version.memory.value);
  return {{"AliasArn", function_arn(options_, name, alias)},
          {"Name", alias},
          {"FunctionVersion", version.version},
          {"Description", fmt::format("{} MB", version.memory.value)}};
}

net::Response FunctionCatalog::list_functions(std::string_view query) const {
  const bool all_versions = query_parameter(query, "FunctionVersion") == "ALL";
  std::vector<Json> found;
  for (const auto& [name, function] : options_.functions) {
    const auto latest = find_version(options_, {name, ""});
    if (!latest) continue;
    found.push_back(configuration(name, *latest, all_versions ? latest->version : ""));
    if (!all_versions) continue;
    for (const FunctionVersion& version : published(options_, name)) {
      found.push_back(configuration(name, version, version.version));
    }
  }
  return page(found, "Functions", query);
}

net::Response FunctionCatalog::list_versions(const std::string& name,
                                             std::string_view query) const {
  const FunctionVersion latest = *find_version(options_, {name, ""});
  std::vector<Json> found = {configuration(name, latest, latest.version)};
  for (const FunctionVersion& version : published(options_, name)) {
    found.push_back(configuration(name, version, version.version));
  }
  return page(found, "Versions", query);
}

net::Response FunctionCatalog::list_aliases(const std::string& name, std::string_view query) const {
  const auto wanted = query_parameter(query, "FunctionVersion");
  std::vector<Json> found;
  for (const FunctionVersion& version : published(options_, name)) {
    if (!wanted || *wanted == version.version) found.push_back(alias(name, version));
  }
  return page(found, "Aliases", query);
}

net::Response not_found(const LocalPlatformOptions& options, const InvokeTarget& target) {
  return api_error(
      404, "ResourceNotFoundException",
      "Function not found: " + function_arn(options, target.function, target.qualifier));
}

net::Response bad_name(std::string_view encoded_name, std::string_view query) {
  return api_error(400, "InvalidParameterValueException",
                   fmt::format("\"{}\" with \"{}\" is no function name or ARN with one qualifier",
                               net::percent_decode(encoded_name), query));
}

}  // namespace stepconf::platform
