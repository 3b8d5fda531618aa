#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stepconf/deploy/deployment_names.h"
#include "stepconf/deploy/wrapper_placement.h"

namespace stepconf::deploy {

/// A function as a deployment is to have it: one published version and one alias for each memory
/// size. Aliases bear the hash of what they stand for, "mem-512-0123abcd", so a changed function
/// gets new ones beside the old: what runs goes on with the old until the state machine names the
/// new ones, in one call.
struct WantedFunction {
  std::string name{};
  /// The user's function, and the fingerprint of what it was; empty for the configurator.
  std::string source{}, source_fingerprint{};
  /// Without the wrapper's layer.
  FunctionSettings settings{};
  /// Name of the layer that is added at the end.
  std::optional<std::string> wrapper_layer{};
  FunctionCode code{};
  /// Ascending, each once, at least one.
  std::vector<MemoryMb> sizes{};
  /// Of all but memory: settings, layer, code.
  std::string fingerprint{};
  /// Eight digits, in the aliases' names.
  std::string generation{};
  WrappedBy wrapped = WrappedBy::nothing;
  std::string remark{};
  Tags tags{};

  std::string alias(MemoryMb memory) const;
  /// Describes the version for one memory size, and $LATEST while it is made: less than 256
  /// characters, with fingerprints.
  std::string description(MemoryMb memory) const;
  /// Tells whether `text` is that description, or the same with kAgain behind it.
  bool is_described_by(const std::string& text, MemoryMb memory) const;
};

/// Makes a description another one that says the same: for a $LATEST that has to be changed so that
/// Lambda publishes it once more, after its version was deleted.
inline constexpr std::string_view kAgain = ", again";

/// Tells whether an alias is one of those that WantedFunction makes.
bool is_generated_alias(const std::string& alias);

/// Reads the memory size in the name of such an alias; absent where it is another's.
std::optional<MemoryMb> size_of_alias(const std::string& alias);

/// Reads the source's fingerprint from a description; empty where it has none.
std::string described_source(const std::string& description);

/// A user's function, and what is to be made of it.
struct CopiedFunction {
  FunctionState source{};
  FunctionCode code{};
  /// Any order, at least one; each 128 to 10,240.
  std::vector<MemoryMb> sizes{};
  /// Says of a container image that the wrapper is its entry point.
  bool image_has_wrapper = false;
};

/// Gives the copy of a function, wrapped, with the package of its architecture. Throws InvalidInput
/// as place_wrapper does, and for memory sizes that Lambda does not have.
WantedFunction copy_of(const DeploymentNames& names, const CopiedFunction& function,
                       const std::map<std::string, WrapperPackage>& packages_by_architecture);

/// The configurator's code and how it runs.
struct ConfiguratorSource {
  FunctionCode code{};
  std::string architecture = "arm64";
  MemoryMb memory{512};
  std::map<std::string, std::string> environment{};
  /// "off", "observe" or "on": STEPCONF_MODE. The alias does not depend on it, so another mode is
  /// one more version and one update of the alias, and the state machine stays as it is.
  std::string mode = "on";
};

WantedFunction configurator_of(const DeploymentNames& names, const ConfiguratorSource& source);

/// Gives the ARN of each size's alias, in ascending order of memory.
std::map<MemoryMb, std::string> arns_by_size(const DeploymentNames& names,
                                             const WantedFunction& function);

}  // namespace stepconf::deploy
