#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "stepconf/project/project.h"

namespace stepconf::cli {

/// Gives the name of a project's deployment: `option` (the command line's --deployment, empty where
/// it was not given), else the name of the project's folder, made fit: lower-case letters, digits
/// and '-', a letter first, 24 characters at most.
std::string deployment_name(const project::Project& project, const std::string& option);

/// Adds the option --deployment.
void add_deployment(CLI::App& verb, std::string& name);

}  // namespace stepconf::cli
