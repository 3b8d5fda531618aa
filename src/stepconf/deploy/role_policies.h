#pragma once

#include "stepconf/base/json.h"
#include "stepconf/deploy/deployment_names.h"

namespace stepconf::deploy {

// Policy documents, as narrow as what they are for
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html).

/// Lets Lambda assume the configurator's role.
Json configurator_trust();
/// The configurator writes its own log and, where there is a cache, reads and updates items of its
/// own table.
Json configurator_permissions(const DeploymentNames& names, bool cache);
/// The same for a log group's streams and a table (null: none) that are given: ARNs, or what a
/// template has in their place.
Json configurator_permissions(const Json& log_streams, const Json& table);
/// The actions of whoever calls functions, given as `configurator_permissions` is.
Json invoke_permissions(const Json& functions);

/// Lets Step Functions assume the machine's role for machines of this account and region.
Json machine_trust(const DeploymentNames& names);
/// The generated machine calls the configurator and the deployment's copies, by alias. What else
/// the user's machine does, its own role's policies allow.
Json machine_permissions(const DeploymentNames& names);

}  // namespace stepconf::deploy
