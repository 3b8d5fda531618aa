#pragma once

#include <map>
#include <string>

#include "stepconf/aws/environment.h"

namespace stepconf::aws {

/// An environment of exactly these variables.
inline Environment variables(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

}  // namespace stepconf::aws
