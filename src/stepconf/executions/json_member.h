#pragma once

#include "stepconf/base/json.h"

namespace stepconf::executions {

/// Gives a member of what may be an object; null where it has none of that name, or is none.
Json member(const Json& object, const char* name);

}  // namespace stepconf::executions
