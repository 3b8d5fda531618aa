#include "stepconf/deploy/control_plane_error.h"

#include <fmt/format.h>

namespace stepconf::deploy {
namespace {

std::string text(Trouble trouble, const std::string& action, const std::string& resource,
                 const std::string& message) {
  if (trouble == Trouble::denied) {
    return fmt::format("not allowed: {} on {} ({}); docs/deploy.md lists the permissions", action,
                       resource, message);
  }
  return fmt::format("{} on {}: {}", action, resource, message);
}

}  // namespace

ControlPlaneError::ControlPlaneError(Trouble trouble, const std::string& action,
                                     const std::string& resource, const std::string& message)
    : ControlPlaneError(trouble, text(trouble, action, resource, message)) {}

bool ControlPlaneError::passes_by() const {
  return trouble_ != Trouble::denied && trouble_ != Trouble::refused;
}

}  // namespace stepconf::deploy
