#include "stepconf/deploy/function_settings.h"

#include <utility>

#include "stepconf/base/base64.h"
#include "stepconf/net/digest.h"

namespace stepconf::deploy {

FunctionCode zip_code(std::string bytes) {
  const net::Sha256 digest = net::sha256(bytes);
  return {base64(net::as_key(digest)), std::make_shared<const std::string>(std::move(bytes)), {}};
}

Json settings_json(const FunctionSettings& settings) {
  return {{"runtime", settings.runtime},
          {"handler", settings.handler},
          {"role", settings.role},
          {"timeout_s", settings.timeout_s},
          {"ephemeral_storage_mb", settings.ephemeral_storage_mb},
          {"architecture", settings.architecture},
          {"layers", settings.layers},
          {"environment", settings.environment},
          {"subnets", settings.subnets},
          {"security_groups", settings.security_groups},
          {"ipv6_for_vpc", settings.ipv6_for_vpc},
          {"kms_key_arn", settings.kms_key_arn},
          {"tracing", settings.tracing},
          {"file_systems", settings.file_systems},
          {"image_entry_point", settings.image_entry_point},
          {"image_command", settings.image_command},
          {"image_working_directory", settings.image_working_directory}};
}

std::string fingerprint(const Json& value) {
  return net::hexadecimal(net::sha256(value.dump())).substr(0, 16);
}

}  // namespace stepconf::deploy
