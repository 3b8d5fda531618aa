#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "stepconf/project/deployment.h"

namespace stepconf::cli {

/// What the command line says of a deployment, in the place of the project's `deployment`; `deploy`
/// and `status` take the same. Empty: not given.
struct DeploymentArguments {
  std::filesystem::path project = ".";
  std::filesystem::path models;
  std::filesystem::path packages;
  std::string deployment;
  std::string slo;
  std::string strategy;
  std::string state_machine;
  std::string cache;
  std::string mode;
  std::string architecture;
  std::vector<std::string> wrapped_images;
  std::string permissions_boundary;
  int log_retention_days = 0;
};

/// Adds the options to a verb.
void add_deployment_options(CLI::App& verb, DeploymentArguments& arguments);

/// Gives the project's deployment, with what the command line says instead.
project::Deployment overridden(project::Deployment deployment,
                               const DeploymentArguments& arguments);

}  // namespace stepconf::cli
