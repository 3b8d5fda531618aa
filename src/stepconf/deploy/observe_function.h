#pragma once

#include <optional>
#include <string>

#include "stepconf/deploy/function_step.h"

namespace stepconf::deploy {

/// Reads a function with its versions and aliases, by three calls; absent, by one, where it is not
/// there.
std::optional<ObservedFunction> observe_function(ControlPlane& plane, const std::string& name);

}  // namespace stepconf::deploy
