#pragma once

#include <map>
#include <string>
#include <vector>

#include "stepconf/templates/template.h"

namespace stepconf::templates {

/// Logical ids of what a template gets beside copies of its functions.
struct AddedIds {
  std::string configurator{}, configurator_role{}, configurator_logs{};
  /// The table where decisions of an execution meet; empty: none.
  std::string decisions{};
  /// A parameter: on, observe or off.
  std::string mode{};
};

/// Settings of what is added.
struct AddedSettings {
  /// Path of the folder with the packages, as the template names files.
  std::string folder{};
  std::string configurator_architecture = "arm64";
  int log_retention_days = 30;
  /// A condition that everything added depends on; empty: none.
  std::string condition{};
};

/// Names of files in the folder of the packages.
inline constexpr const char* kDefinitionFile = "state-machine.asl.json";
inline constexpr const char* kConfiguratorZip = "configurator.zip";
std::string layer_zip(const std::string& architecture);

/// The configurator, its role, log group and table, in this order.
std::vector<Value::Member> configurator_parts(const AddedIds& ids, const AddedSettings& settings);

/// The parameter by which decisions are switched off and on.
Value mode_parameter();

/// A log group named /aws/lambda/STACK-`name`.
Value log_group(const std::string& name, const AddedSettings& settings);

/// The layer with the wrapper for one architecture.
Value wrapper_layer(const std::string& architecture, const AddedSettings& settings);

/// Lets a role (`role` is its logical id) call functions, by their logical ids. A policy document
/// has 6,144 characters at most, and an ARN up to 114 with its quotes: so there may be several.
std::vector<Value> invoke_policies(const std::string& role,
                                   const std::vector<std::string>& functions,
                                   const AddedSettings& settings);

}  // namespace stepconf::templates
