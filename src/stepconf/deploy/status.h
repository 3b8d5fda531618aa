#pragma once

#include <map>
#include <string>
#include <vector>

#include "stepconf/deploy/changes.h"

namespace stepconf::deploy {

/// How a function's copy stands to the user's function.
enum class CopyState {
  missing,
  /// Every memory size is in place.
  current,
  /// Some sizes are in place: a deployment was interrupted, or sizes were added.
  incomplete,
  /// The user's function was changed since it was copied.
  stale,
  /// The function is as it was; the wrapper or the deployment's settings changed.
  outdated,
};
std::string to_string(CopyState state);

struct FunctionStatus {
  /// The user's function; of the configurator, its own name.
  std::string function{};
  /// Unqualified, of the copy.
  std::string arn{};
  /// ARN of the wanted alias by size, where it is in place.
  std::map<MemoryMb, std::string> sizes{};
  CopyState state = CopyState::missing;
  WrappedBy wrapped = WrappedBy::nothing;
  std::string remark{};
};

struct DeploymentStatus {
  std::string deployment{};
  /// Empty where there is none.
  std::string state_machine_arn{};
  /// The copies, then the configurator.
  std::vector<FunctionStatus> functions{};
  /// What `apply` would do.
  std::vector<Change> changes{};
};

/// Holds what there is against what is wanted. `wanted` is made from the user's functions as they
/// are now. Throws as `changes`.
DeploymentStatus status(const WantedState& wanted, const ObservedState& observed);

/// Writes it as `deploy`, `status` and `remove` print it with --json (docs/deploy.md).
Json to_json(const DeploymentStatus& status);

}  // namespace stepconf::deploy
