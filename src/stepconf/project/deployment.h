#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stepconf/project/yaml_reader.h"

namespace stepconf::project {

/// `deployment`: how `stepconf deploy` puts the workflow into an AWS account (docs/tutorial.md).
struct Deployment {
  /// Empty: the name of the project's folder, made fit.
  std::string name{};
  /// Name or ARN of the user's state machine, or empty.
  std::string state_machine{};
  /// "on", "observe" or "off".
  std::string mode = "on";
  /// "dynamodb", "execution" or "none"; absent: as the strategy needs it.
  std::optional<std::string> cache{};
  /// The configurator's; absent: that of `pricing`.
  std::optional<std::string> architecture{};
  /// Functions whose container image has the wrapper as its entry point.
  std::vector<std::string> wrapped_images{};
  int log_retention_days = 30;
  /// ARN of the boundary that the account demands of new roles, or empty.
  std::string permissions_boundary{};
};

/// Throws InvalidInput "FILE:LINE: FIELD: ...".
Deployment read_deployment(const YamlValue& value);

}  // namespace stepconf::project
