#include "stepconf/deploy/observe_function.h"

namespace stepconf::deploy {

std::optional<ObservedFunction> observe_function(ControlPlane& plane, const std::string& name) {
  auto latest = plane.find_function(name);
  if (!latest) return std::nullopt;
  return ObservedFunction{std::move(*latest), plane.versions(name), plane.aliases(name)};
}

}  // namespace stepconf::deploy
