#pragma once

#include <string>
#include <string_view>

#include "stepconf/base/json.h"
#include "stepconf/cli/workspace.h"
#include "stepconf/machine/generate.h"

namespace stepconf::cli {

/// Between what a generated machine chooses, for each of its steps.
struct ExportChoices {
  machine::GeneratorOptions options;
  /// For the configurator: {"schema": 1, "steps": {NAME: {"functions": {"512": ARN}}}}.
  OrderedJson functions;
  /// Whether the static plan, which the safe configurations are from, meets the SLO.
  bool feasible = true;
};

/// Makes the choices of a project whose workflow is `definition`. Functions are copies of the
/// user's, called NAME-stepconf, with one alias mem-SIZE per memory size. Safe configurations are
/// the static plan's; without models the smallest, which is said on stderr. Steps that the
/// generated machine cannot batch are planned so: the workspace's workflow is changed. Throws
/// InvalidInput where there are models and no SLO (`slo` is --slo).
ExportChoices export_choices(Workspace& workspace, std::string_view definition,
                             const std::string& slo);

}  // namespace stepconf::cli
