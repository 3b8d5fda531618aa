#pragma once

#include "stepconf/aws/error_document.h"
#include "stepconf/deploy/control_plane_error.h"

namespace stepconf::deploy {

/// Tells what a service's refusal means for a deployment. Errors that are in no list are `refused`:
/// trying again would not help.
Trouble trouble_of(const aws::ServiceError& error);

}  // namespace stepconf::deploy
