#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "stepconf/machine/generate.h"
#include "stepconf/templates/added_parts.h"
#include "stepconf/templates/function_copy.h"
#include "stepconf/templates/machine_source.h"

namespace stepconf::templates {

/// CloudFormation takes no more resources in a template
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).
inline constexpr std::size_t kMostResources = 500;

struct TransformSettings {
  /// Path of the folder with the packages and the definition, as the template names files.
  std::string folder{};
  std::string configurator_architecture = "arm64";
  int log_retention_days = 30;
  /// Whether decisions meet in a table.
  bool decisions_table = true;
  /// Whether the functions that are copied stay; where not, only their copies do.
  bool keep_functions = true;
};

struct Transformed {
  Value root{};
  /// With substitutions: the content of kDefinitionFile.
  std::string definition{};
  /// For whom layers are needed: "x86_64", "arm64".
  std::set<std::string> architectures{};
  /// What the user has to know or to do.
  std::vector<std::string> remarks{};
};

/// Gives a template's state machine configurators and batches (docs/templates.md). In this order:
/// `definition` and `functions` are planned for, `adapt` makes a generator's options out of the
/// choices, the machine is generated from `definition`, and `apply` writes the template. Pure but
/// for `read_file`. Throws InvalidInput "FILE:LINE: Resources.ID.FIELD: ...".
class Transform {
 public:
  /// `machine`: logical id of the state machine, empty for the only one.
  Transform(Template templ, const std::string& machine, const ReadFile& read_file);

  const std::string& machine() const { return machine_; }
  const NamedDefinition& definition() const { return definition_; }
  /// Those that Tasks call, by name.
  const std::map<std::string, TemplateFunction>& functions() const { return functions_; }

  /// Names the configurator in the generated machine.
  std::string configurator() const;
  /// Names the copy of a function for a memory size, for options and deployment file: its logical
  /// id in the template. `function` may be one from elsewhere.
  std::string copy_name(const std::string& function, MemoryMb memory);
  /// Leaves out steps whose functions are from elsewhere, and tells the machine what to call.
  void adapt(machine::GeneratorOptions& options) const;

  /// REQUIRES: `machine` was generated with `options`, after `adapt`.
  Transformed apply(const machine::GeneratorOptions& options,
                    const machine::GeneratedMachine& machine,
                    const TransformSettings& settings) const;

 private:
  std::string free_name(const std::string& wanted) const;

  Template template_;
  std::string machine_;
  MachineSource source_;
  NamedDefinition definition_;
  std::map<std::string, TemplateFunction> functions_;
  AddedIds ids_;
  std::string partition_;
  // By function and size.
  std::map<std::string, std::map<MemoryMb, std::string>> copies_;
};

}  // namespace stepconf::templates
