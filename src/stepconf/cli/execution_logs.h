#pragma once

#include <map>
#include <string>
#include <vector>

#include "stepconf/cli/interruption.h"
#include "stepconf/executions/trace.h"
#include "stepconf/services/logs.h"

namespace stepconf::cli {

/// Adds to `told` what the functions' logs in CloudWatch say of an execution: reports by request,
/// and the configurator's decisions. What was written some seconds ago may not be there yet: asks
/// again until all requests of the history have a report, for `patience` at most. Logs that cannot
/// be read are told on stderr, with the permission that lacks.
void read_logs(services::Logs& logs, const deploy::DeploymentNames& names, Seconds patience,
               const Interruption& interruption, executions::Told& told);

}  // namespace stepconf::cli
