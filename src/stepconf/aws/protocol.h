#pragma once

#include <map>
#include <string>
#include <string_view>

#include "stepconf/base/json.h"
#include "stepconf/net/http.h"

// How AWS's services write their requests, as pure functions
// (https://smithy.io/2.0/aws/protocols/index.html). Errors of all of them: error_document.h.

namespace stepconf::aws {

/// Makes a request of the protocol awsJson: everything is in the body, `target` names the
/// operation, "AWSStepFunctions.StartExecution", and `version` is "1.0" or "1.1".
net::Request json_request(std::string_view target, std::string_view version, const Json& body);

/// Names of query parameters and their values, which `percent_encode` has not seen yet.
using Parameters = std::map<std::string, std::string>;

/// Makes a request of the protocol restJson1. `path` is encoded already; `body` null sends none.
net::Request rest_request(std::string method, std::string_view path, const Parameters& query = {},
                          const Json& body = nullptr);

/// Encodes a name or an ARN for a path's segment, "/" and ":" included.
std::string path_segment(std::string_view text);

/// Makes a request of the protocol awsQuery: a form. Lists are written as "Tags.member.1.Key".
net::Request query_request(std::string_view action, std::string_view version,
                           const Parameters& parameters);

/// Reads an answer's body, an object; an empty one is {}. Throws Error that names `action` where it
/// is anything else.
Json json_answer(const net::Response& response, std::string_view action);

}  // namespace stepconf::aws
