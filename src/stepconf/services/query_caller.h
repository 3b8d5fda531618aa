#pragma once

#include "stepconf/services/caller.h"
#include "stepconf/services/xml.h"

// Private to services/: the services that speak awsQuery.

namespace stepconf::services {

/// Calls `operation` and gives the element <OperationResult> of its answer, empty where there is
/// none.
XmlElement query(Caller& caller, std::string_view version, const std::string& operation,
                 std::string_view resource, const aws::Parameters& parameters,
                 Repeat repeat = Repeat::kSafe);

/// Adds a list of tags: "Tags.member.1.Key".
void add_tags(const std::map<std::string, std::string>& tags, aws::Parameters& parameters);

}  // namespace stepconf::services
