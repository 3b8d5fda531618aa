#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "stepconf/cli/workspace.h"
#include "stepconf/deploy/control_plane.h"
#include "stepconf/deploy/deployment_names.h"
#include "stepconf/deploy/wanted_state.h"
#include "stepconf/machine/generate.h"

namespace stepconf::cli {

/// What the command line says of a deployment; `deploy` and `status` take the same.
struct DeploymentArguments {
  std::filesystem::path project = ".";
  std::filesystem::path models;
  std::filesystem::path packages;
  std::string deployment;
  std::string slo;
  std::string strategy;
  /// Name or ARN of the user's state machine, or empty.
  std::string state_machine;
  /// Empty: as the strategy needs it.
  std::string cache;
  std::string mode = "on";
  std::string architecture;
  std::vector<std::string> wrapped_images;
  std::string permissions_boundary;
  int log_retention_days = 30;
};

/// Adds the options to a verb.
void add_deployment_options(CLI::App& verb, DeploymentArguments& arguments);

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
