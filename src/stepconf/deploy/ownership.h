#pragma once

#include <string>

#include "stepconf/deploy/deployment_names.h"

namespace stepconf::deploy {

/// Throws Error where what has a wanted part's name bears other tags: it was made by somebody else,
/// and nothing is done to it. `what` says what it is, "function stepconf-shop_extract".
void check_owner(const DeploymentNames& names, const Tags& tags, const std::string& what);

}  // namespace stepconf::deploy
