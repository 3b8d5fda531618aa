#include "stepconf/deploy/ownership.h"

#include <fmt/format.h>

#include "stepconf/base/error.h"

namespace stepconf::deploy {

void check_owner(const DeploymentNames& names, const Tags& tags, const std::string& what) {
  if (names.owns(tags)) return;
  throw Error(
      fmt::format("{} is there already and is no part of deployment \"{}\": it lacks the tag "
                  "{}={}. Nothing was "
                  "done to it; delete it, or take another deployment name",
                  what, names.deployment(), kDeploymentTag, names.deployment()));
}

}  // namespace stepconf::deploy
