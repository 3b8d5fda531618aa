#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "stepconf/base/json.h"
#include "stepconf/base/units.h"

namespace stepconf::deploy {

/// What a function is made of and runs with, memory size and code aside; the fields of Lambda's
/// CreateFunction that a copy takes over
/// (https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html). Empty: not set.
struct FunctionSettings {
  /// "python3.12", "provided.al2023"; empty for a container image.
  std::string runtime{};
  std::string handler{};
  /// ARN of the role that it runs under.
  std::string role{};
  int timeout_s = 3;
  int ephemeral_storage_mb = 512;
  /// "x86_64" or "arm64".
  std::string architecture = "x86_64";
  /// ARNs of layer versions, in order.
  std::vector<std::string> layers{};
  std::map<std::string, std::string> environment{};
  std::vector<std::string> subnets{}, security_groups{};
  bool ipv6_for_vpc = false;
  std::string kms_key_arn{};
  /// "Active" or "PassThrough".
  std::string tracing = "PassThrough";
  /// Access points of file systems by the path that they are mounted at.
  std::map<std::string, std::string> file_systems{};
  /// What overrides a container image's own; empty lists do not.
  std::vector<std::string> image_entry_point{}, image_command{};
  std::string image_working_directory{};

  bool is_image() const { return runtime.empty(); }
  bool operator==(const FunctionSettings&) const = default;
};

/// Code: a zip, or an image in a registry.
struct FunctionCode {
  /// As Lambda's CodeSha256 has it: the zip's digest in base64, or the image's.
  std::string sha256{};
  /// Null for an image.
  std::shared_ptr<const std::string> zip{};
  /// With its digest, so that it cannot change.
  std::string image_uri{};
};

/// Gives a zip as code.
FunctionCode zip_code(std::string bytes);

/// Writes settings as JSON, for fingerprints: equal settings give equal bytes.
Json settings_json(const FunctionSettings& settings);

/// Gives the first 16 hexadecimal digits of the SHA-256 of a value's bytes.
std::string fingerprint(const Json& value);

}  // namespace stepconf::deploy
