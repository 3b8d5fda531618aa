#pragma once

#include <string_view>

#include "stepconf/base/json.h"
#include "stepconf/net/http.h"

namespace stepconf::platform {

/// Makes a reply of Lambda's REST API with a request id of its own.
net::Response api_reply(int status, const Json& body);

/// Makes an error in the shape of that API: SDKs read the type from x-amzn-ErrorType and the
/// message from the body. `reason` says why a call was throttled.
net::Response api_error(int status, std::string_view type, std::string_view message,
                        std::string_view reason = {});

}  // namespace stepconf::platform
