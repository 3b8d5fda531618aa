#include "stepconf/deploy/aws/function_documents.h"

#include <algorithm>

namespace stepconf::deploy {
namespace {

using services::integer_of;
using services::objects_of;
using services::text_of;

std::vector<std::string> strings_of(const Json& object, const char* name) {
  std::vector<std::string> strings;
  const auto found = object.find(name);
  if (found == object.end() || !found->is_array()) return strings;
  for (const Json& each : *found) {
    if (each.is_string()) strings.push_back(each.get<std::string>());
  }
  return strings;
}

Json object_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || !found->is_object() ? Json::object() : *found;
}

// The worse of both; where Lambda says nothing, a function is as ready as it will be.
Readiness readiness_of(const services::LambdaFunction& function) {
  if (function.state == "Failed" || function.last_update == "Failed") return Readiness::failed;
  return function.settled() ? Readiness::ready : Readiness::in_progress;
}

std::string reason_of(const services::LambdaFunction& function) {
  return function.state == "Failed" ? function.state_reason : function.last_update_reason;
}

void read_vpc(const Json& document, FunctionSettings& settings) {
  const Json vpc = object_of(document, "VpcConfig");
  settings.subnets = strings_of(vpc, "SubnetIds");
  settings.security_groups = strings_of(vpc, "SecurityGroupIds");
  std::ranges::sort(settings.subnets);
  std::ranges::sort(settings.security_groups);
  const auto ipv6 = vpc.find("Ipv6AllowedForDualStack");
  settings.ipv6_for_vpc = ipv6 != vpc.end() && ipv6->is_boolean() && ipv6->get<bool>();
}

void read_image(const Json& document, FunctionSettings& settings) {
  const Json image = object_of(object_of(document, "ImageConfigResponse"), "ImageConfig");
  settings.image_entry_point = strings_of(image, "EntryPoint");
  settings.image_command = strings_of(image, "Command");
  settings.image_working_directory = text_of(image, "WorkingDirectory");
}

Json vpc_of(const FunctionSettings& settings) {
  Json vpc{{"SubnetIds", settings.subnets}, {"SecurityGroupIds", settings.security_groups}};
  if (settings.ipv6_for_vpc) vpc["Ipv6AllowedForDualStack"] = true;
  return vpc;
}

Json file_systems_of(const FunctionSettings& settings) {
  Json list = Json::array();
  for (const auto& [path, arn] : settings.file_systems) {
    list.push_back({{"Arn", arn}, {"LocalMountPath", path}});
  }
  return list;
}

Json image_of(const FunctionSettings& settings) {
  Json image = Json::object();
  if (!settings.image_entry_point.empty()) image["EntryPoint"] = settings.image_entry_point;
  if (!settings.image_command.empty()) image["Command"] = settings.image_command;
  if (!settings.image_working_directory.empty()) {
    image["WorkingDirectory"] = settings.image_working_directory;
  }
  return image;
}

}  // namespace

FunctionState function_state(const services::LambdaFunction& function) {
  const Json& document = function.document;
  FunctionState state{.name = function.name,
                      .settings = {.runtime = function.runtime,
                                   .handler = function.handler,
                                   .role = function.role,
                                   .timeout_s = function.timeout_s,
                                   .layers = function.layers,
                                   .environment = function.environment},
                      .memory = {function.memory_mb},
                      .description = function.description,
                      .code_sha256 = function.code_sha256,
                      .image_uri = {},
                      .revision = function.revision,
                      .readiness = readiness_of(function),
                      .reason = reason_of(function),
                      .tags = {}};
  FunctionSettings& settings = state.settings;
  if (const auto disk = integer_of(object_of(document, "EphemeralStorage"), "Size"); disk > 0) {
    settings.ephemeral_storage_mb = static_cast<int>(disk);
  }
  if (!function.architectures.empty()) settings.architecture = function.architectures.front();
  read_vpc(document, settings);
  settings.kms_key_arn = text_of(document, "KMSKeyArn");
  if (const std::string mode = text_of(object_of(document, "TracingConfig"), "Mode");
      !mode.empty()) {
    settings.tracing = mode;
  }
  for (const Json& system : objects_of(document, "FileSystemConfigs")) {
    settings.file_systems[text_of(system, "LocalMountPath")] = text_of(system, "Arn");
  }
  read_image(document, settings);
  return state;
}

VersionState version_state(const services::LambdaFunction& version) {
  return {.version = version.version,
          .memory = {version.memory_mb},
          .description = version.description,
          .code_sha256 = version.code_sha256,
          .readiness = readiness_of(version),
          .reason = reason_of(version)};
}

services::LambdaSettings settings_of(const FunctionConfiguration& configuration) {
  const FunctionSettings& settings = configuration.settings;
  services::LambdaSettings request{.runtime = settings.runtime,
                                   .role = settings.role,
                                   .handler = settings.handler,
                                   .description = configuration.description,
                                   .memory_mb = configuration.memory.value,
                                   .timeout_s = settings.timeout_s,
                                   .environment = settings.environment,
                                   .layers = settings.layers};
  Json& more = request.more;
  more["EphemeralStorage"] = {{"Size", settings.ephemeral_storage_mb}};
  more["TracingConfig"] = {{"Mode", settings.tracing}};
  if (!settings.subnets.empty()) more["VpcConfig"] = vpc_of(settings);
  if (!settings.kms_key_arn.empty()) more["KMSKeyArn"] = settings.kms_key_arn;
  if (!settings.file_systems.empty()) more["FileSystemConfigs"] = file_systems_of(settings);
  if (const Json image = image_of(settings); !image.empty()) more["ImageConfig"] = image;
  return request;
}

services::LambdaSettings all_settings_of(const FunctionConfiguration& configuration) {
  const FunctionSettings& settings = configuration.settings;
  services::LambdaSettings request = settings_of(configuration);
  Json& more = request.more;
  more["VpcConfig"] = vpc_of(settings);
  more["KMSKeyArn"] = settings.kms_key_arn;
  more["FileSystemConfigs"] = file_systems_of(settings);
  if (settings.is_image()) more["ImageConfig"] = image_of(settings);
  return request;
}

}  // namespace stepconf::deploy
