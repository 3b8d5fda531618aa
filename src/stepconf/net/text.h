#pragma once

#include <string>

#include "stepconf/base/units.h"

// Private to net/: what both clients share.

namespace stepconf::net {

/// Says in lower case what a system error number means: "connection refused".
std::string describe(int error_number);
std::string timed_out(Seconds limit);

/// Tells whether the peer has closed an idle connection, or has sent what nobody asked for.
bool closed_by_peer(int descriptor);

}  // namespace stepconf::net
