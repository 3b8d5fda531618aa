#include "stepconf/services/query_caller.h"

#include <fmt/format.h>

namespace stepconf::services {

XmlElement query(Caller& caller, std::string_view version, const std::string& operation,
                 std::string_view resource, const aws::Parameters& parameters, Repeat repeat) {
  const net::Response response =
      caller.call(operation, resource, aws::query_request(operation, version, parameters), repeat);
  if (response.body.empty()) return {};
  return parse_xml(response.body, operation + "'s answer").child(operation + "Result");
}

void add_tags(const std::map<std::string, std::string>& tags, aws::Parameters& parameters) {
  int index = 0;
  for (const auto& [key, value] : tags) {
    ++index;
    parameters[fmt::format("Tags.member.{}.Key", index)] = key;
    parameters[fmt::format("Tags.member.{}.Value", index)] = value;
  }
}

}  // namespace stepconf::services
