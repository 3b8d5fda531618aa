#pragma once

#include <filesystem>
#include <string>

#include "stepconf/cli/workspace.h"

namespace stepconf::cli {

/// Whether decisions are made by configurators on Step Functions, whose time and price are planned
/// for, or where the workflow runs, in no time and for nothing.
enum class DecisionsAre { free, charged };

/// Gives everything that the workspace's decisions rest on as the bytes of a plan file. `slo` and
/// `strategy` are --slo and --strategy, empty where they were not given: they take the place of the
/// project's. Needs models. Equal input gives equal bytes.
std::string plan_bytes(const Workspace& workspace, const std::string& slo,
                       const std::string& strategy, DecisionsAre decisions);

/// Writes everything that the workspace's decisions rest on into a plan file, and says on stderr
/// what is in it; as plan_bytes. Throws Error where the file cannot be
/// written.
void save_plan(const Workspace& workspace, const std::string& slo, const std::string& strategy,
               const std::filesystem::path& file, DecisionsAre decisions);

/// Tells what they are in the project's simulation.
DecisionsAre decisions_in_simulation(const Workspace& workspace);

/// Tells what they are where the workflow is deployed: charged on Standard machines. How long they
/// take on Express ones nobody has measured, so there nothing is planned for them.
DecisionsAre decisions_deployed(const Workspace& workspace);

/// Loads a plan file and lets the workspace decide by it: its workflow, models, prices, options,
/// SLO, target, headroom and strategy take the place of the project's. Throws InvalidInput where
/// the file is no plan or was made for another workflow, and says what differs.
void use_plan(Workspace& workspace, const std::filesystem::path& file);

}  // namespace stepconf::cli
