#pragma once

#include <string>
#include <vector>

#include "stepconf/deploy/observed_state.h"

namespace stepconf::deploy {

/// Something that `apply` will do.
struct Change {
  enum class Kind { create, update, remove };
  Kind kind = Kind::create;
  /// "function", "role", "state machine", ...
  std::string part{};
  std::string name{};
  /// "8 versions: 512, 1024 MB"; may be empty.
  std::string detail{};

  bool operator==(const Change&) const = default;
};

std::string to_string(Change::Kind kind);

/// Lists what `apply` will change, in its order; empty where nothing differs. Throws Error where a
/// wanted name belongs to somebody else.
std::vector<Change> changes(const WantedState& wanted, const ObservedState& observed);

/// Lists what `remove_deployment` will delete, in its order.
std::vector<Change> removals(const DeploymentNames& names, const ObservedState& observed);

}  // namespace stepconf::deploy
