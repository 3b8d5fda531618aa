#pragma once

#include <string>

#include "stepconf/templates/read.h"
#include "stepconf/templates/value.h"

namespace stepconf::templates {

/// Writes a value: what read_value reads of it is the same value. JSON has long forms of intrinsic
/// functions; YAML has them as they are, in blocks, and texts in quotes only where they need them.
/// Equal values give equal bytes.
std::string write_value(const Value& value, Format format);

}  // namespace stepconf::templates
