#pragma once

#include <sys/types.h>

#include "stepconf/base/descriptor.h"

namespace stepconf::platform {

/// Runs the guard: the process between server and sandboxes, which starts them, is their parent and
/// the reaper of their orphans, and outlives the server by the moment it takes to kill them all.
/// `socket` leads to the server, whose end is closed when it dies, by whatever signal. To be called
/// in a freshly forked child. Returns the exit status.
int run_guard(Descriptor socket, pid_t server);

}  // namespace stepconf::platform
