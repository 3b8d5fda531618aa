#pragma once

#include <string>

#include "stepconf/base/units.h"
#include "stepconf/templates/template.h"

namespace stepconf::templates {

/// A function of a template, as far as copies of it depend on that.
struct TemplateFunction {
  /// Logical id.
  std::string id{};
  /// As NamedDefinition has it.
  std::string name{};
  Seconds timeout{3};
  /// "x86_64" or "arm64".
  std::string architecture = "x86_64";
  /// Whether its copies get the layer with the wrapper and the steps file.
  bool takes_layer = true;
  /// Whether Lambda is told to start the wrapper from it; a custom runtime's bootstrap does it.
  bool starts_wrapper = true;
  /// Where not empty, its copies have no wrapper: one job an instance, one process, because of
  /// this.
  std::string why_not_wrapped{};
};

/// Reads what is to be known of a function, Globals respected. `Metadata: {StepConf: {Wrapped:
/// true}}` says of a container image that it has the wrapper, and of a custom runtime that its
/// bootstrap starts the one in the layer (docs/templates.md); `false` that it is to have none.
/// Throws InvalidInput where what is written depends on something that is known only when it is
/// deployed, and where there is no room for the wrapper: five layers, or another exec wrapper.
TemplateFunction describe_function(const Template& templ, const std::string& id,
                                   const std::string& name);

/// What a copy refers to, as logical ids; empty: none.
struct CopyParts {
  std::string layer{};
  std::string log_group{};
};

/// Gives the resource for a function at one memory size: the same code, settings and role, wrapped.
/// Left out is what a second function cannot have or must not take from the account: its name,
/// triggers, aliases, reserved and provisioned concurrency, URL.
Value sized_copy(const Template& templ, const TemplateFunction& function, MemoryMb memory,
                 const CopyParts& parts);

/// Tells whether a function has a log group of its own choice.
bool has_log_group(const Template& templ, const std::string& id);

}  // namespace stepconf::templates
