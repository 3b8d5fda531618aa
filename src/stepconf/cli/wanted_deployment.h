#pragma once

#include <string>

#include "stepconf/cli/deployment_options.h"
#include "stepconf/deploy/control_plane.h"
#include "stepconf/deploy/deployment_names.h"
#include "stepconf/deploy/wanted_state.h"
#include "stepconf/machine/generate.h"

namespace stepconf::cli {

struct WantedDeployment {
  deploy::WantedState state;
  machine::GeneratedMachine machine;
  std::string deployment_file;
  /// Whether the safe configurations keep the SLO.
  bool feasible = true;
};

/// Makes a deployment of a project: reads the user's functions (and state machine) in the account,
/// generates the machine and packs what runs beside it. Reads only. Throws InvalidInput where
/// project and account do not fit.
WantedDeployment wanted_deployment(const DeploymentArguments& arguments,
                                   const deploy::DeploymentNames& names,
                                   deploy::ControlPlane& plane);

}  // namespace stepconf::cli
