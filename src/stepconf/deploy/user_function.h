#pragma once

#include <string>
#include <vector>

#include "stepconf/deploy/wanted_function.h"

namespace stepconf::deploy {

/// Reads one of the user's functions as it is now, its code included, for a copy with these memory
/// sizes. Throws InvalidInput where there is no such function, Error where it is being changed:
/// settings and code would not belong together.
CopiedFunction read_user_function(ControlPlane& plane, const std::string& name,
                                  std::vector<MemoryMb> sizes, bool image_has_wrapper);

}  // namespace stepconf::deploy
