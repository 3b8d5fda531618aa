#pragma once

#include <string>

#include "stepconf/deploy/wanted_state.h"
#include "stepconf/deploy/work.h"

namespace stepconf::deploy {

struct Applied {
  /// Why superseded versions were left, for executions that may still call them; the next `apply`
  /// deletes them. Empty where nothing is left.
  std::string left;
};

/// Brings a deployment to what is wanted, in an order that is safe wherever it is interrupted:
/// log groups, roles, table and layers; then functions, new versions and aliases beside the old;
/// then the state machine, one call that switches to the new ones; then what nobody needs any
/// longer is deleted. Until that call the deployment works as before. Changes only what differs;
/// where nothing does, it only looks. Throws ControlPlaneError and Error as `do_all`; to go on,
/// call it again.
Applied apply(const WantedState& wanted, ControlPlane& plane, Clock& clock,
              const ProgressReport& report);

/// Deletes every part of a deployment that bears its tag, and nothing else: also of one that was
/// never finished, or made from another project. Machine first, roles last.
void remove_deployment(const DeploymentNames& names, ControlPlane& plane, Clock& clock,
                       const ProgressReport& report);

}  // namespace stepconf::deploy
