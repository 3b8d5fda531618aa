#pragma once

#include <string>

#include "stepconf/cli/workspace.h"
#include "stepconf/configurator/deployment.h"

namespace stepconf::cli {

/// Decides where the decisions of an execution meet: `cache` is --cache, "dynamodb", "execution" or
/// "none"; empty: a table, and nowhere for strategies that decide beforehand. `strategy` is
/// --strategy.
configurator::CacheSettings::Kind cache_kind(const Workspace& workspace, const std::string& cache,
                                             const std::string& strategy);

}  // namespace stepconf::cli
