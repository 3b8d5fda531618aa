#include "stepconf/executions/json_member.h"

namespace stepconf::executions {

Json member(const Json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  return found == object.end() ? Json() : *found;
}

}  // namespace stepconf::executions
