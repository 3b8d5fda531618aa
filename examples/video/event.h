#pragma once

#include <string>

#include "stepconf/base/json.h"

namespace video {

using stepconf::Json;

/// Gives the text of a member of an event. Throws runtime::HandlerError of type InvalidEvent that
/// names the member.
std::string text_member(const Json& event, const std::string& name);

/// Gives a member that is a positive number, or `otherwise` where it is absent or null. Throws as
/// text_member does.
double positive_member(const Json& event, const std::string& name, double otherwise);

/// Gives a member that is an array. Throws as text_member does.
const Json& array_member(const Json& event, const std::string& name);

}  // namespace video
