#pragma once

#include <string>

namespace stepconf::platform {

/// Makes a random UUID (version 4), as Lambda's request ids are.
std::string make_request_id();

/// Makes an X-Ray trace header: "Root=1-...;Parent=...;Sampled=0".
std::string make_trace_id();

}  // namespace stepconf::platform
