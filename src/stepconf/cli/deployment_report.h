#pragma once

#include <string>
#include <vector>

#include "stepconf/deploy/status.h"
#include "stepconf/deploy/work.h"

namespace stepconf::cli {

/// Writes for people, on stdout: machine, functions, and what would be changed.
void print(const deploy::DeploymentStatus& status);

/// Writes what will be done, on stderr: "create  function  stepconf-shop_resize  3 versions: ...".
void announce(const std::vector<deploy::Change>& changes);

/// Asks on the terminal whether to go on; `yes` (--yes) answers beforehand. Throws InvalidInput
/// where nobody can be asked.
bool confirmed(const std::string& question, bool yes);

/// Says on stderr what was done: "[3/12] stepconf-shop_resize: published 512 MB".
deploy::ProgressReport progress_on_stderr();

}  // namespace stepconf::cli
