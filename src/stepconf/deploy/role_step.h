#pragma once

#include <optional>
#include <string>

#include "stepconf/deploy/wanted_state.h"

namespace stepconf::deploy {

/// The next call that brings a role nearer to what is wanted.
struct RoleStep {
  enum class Kind { create, trust, put, remove, attach, detach, done };
  Kind kind = Kind::done;
  /// Name of an inline policy, or ARN of a managed one.
  std::string policy{};
};

/// Decides from what is there alone; `observed` is null where there is no such role. Policies that
/// are no longer wanted stay where not `removals`.
RoleStep next_step(const WantedRole& wanted, const RoleState* observed, bool removals);

}  // namespace stepconf::deploy
