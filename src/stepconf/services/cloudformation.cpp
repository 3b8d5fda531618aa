#include "stepconf/services/cloudformation.h"

#include <fmt/format.h>

#include "stepconf/services/pages.h"
#include "stepconf/services/query_caller.h"

namespace stepconf::services {
namespace {

constexpr std::string_view kCloudFormationVersion = "2010-05-15";

aws::Parameters parameters_of(const StackRequest& request) {
  aws::Parameters all{{"StackName", request.name}, {"ClientRequestToken", new_token()}};
  if (!request.template_url.empty()) all["TemplateURL"] = request.template_url;
  if (!request.template_body.empty()) all["TemplateBody"] = request.template_body;
  int index = 0;
  for (const auto& [key, value] : request.parameters) {
    ++index;
    all[fmt::format("Parameters.member.{}.ParameterKey", index)] = key;
    all[fmt::format("Parameters.member.{}.ParameterValue", index)] = value;
  }
  for (std::size_t i = 0; i < request.capabilities.size(); ++i) {
    all[fmt::format("Capabilities.member.{}", i + 1)] = request.capabilities[i];
  }
  add_tags(request.tags, all);
  return all;
}

// The errors have a code that says as much as "ValidationError" only.
bool says(const aws::ServiceError& error, std::string_view text) {
  return error.code() == "ValidationError" &&
         std::string_view(error.what()).find(text) != std::string_view::npos;
}

Texts pairs(const XmlElement& element, std::string_view list, std::string_view key,
            std::string_view value) {
  Texts found;
  for (const XmlElement& each : element.members(list)) {
    found[each.text_at({key})] = each.text_at({value});
  }
  return found;
}

}  // namespace

std::string CloudFormation::create_stack(const StackRequest& request) {
  return query(caller_, kCloudFormationVersion, "CreateStack", request.name, parameters_of(request))
      .text_at({"StackId"});
}

std::optional<std::string> CloudFormation::update_stack(const StackRequest& request) {
  try {
    return query(caller_, kCloudFormationVersion, "UpdateStack", request.name,
                 parameters_of(request))
        .text_at({"StackId"});
  } catch (const aws::ServiceError& error) {
    if (!says(error, "No updates are to be performed")) throw;
    return std::nullopt;
  }
}

std::optional<Stack> CloudFormation::find_stack(const std::string& stack) {
  XmlElement result;
  try {
    result =
        query(caller_, kCloudFormationVersion, "DescribeStacks", stack, {{"StackName", stack}});
  } catch (const aws::ServiceError& error) {
    if (!says(error, "does not exist")) throw;
    return std::nullopt;
  }
  const auto stacks = result.members("Stacks");
  if (stacks.empty()) return std::nullopt;
  const XmlElement& found = stacks.front();
  return Stack{.id = found.text_at({"StackId"}),
               .name = found.text_at({"StackName"}),
               .status = found.text_at({"StackStatus"}),
               .status_reason = found.text_at({"StackStatusReason"}),
               .parameters = pairs(found, "Parameters", "ParameterKey", "ParameterValue"),
               .outputs = pairs(found, "Outputs", "OutputKey", "OutputValue"),
               .tags = pairs(found, "Tags", "Key", "Value")};
}

std::vector<StackEvent> CloudFormation::events(const std::string& stack) {
  return all_pages([&](const std::string& next) {
    aws::Parameters parameters{{"StackName", stack}};
    if (!next.empty()) parameters["NextToken"] = next;
    const XmlElement result =
        query(caller_, kCloudFormationVersion, "DescribeStackEvents", stack, parameters);
    Page<StackEvent> page{.next = result.text_at({"NextToken"})};
    for (const XmlElement& each : result.members("StackEvents")) {
      page.items.push_back({.id = each.text_at({"EventId"}),
                            .time = each.text_at({"Timestamp"}),
                            .logical_id = each.text_at({"LogicalResourceId"}),
                            .physical_id = each.text_at({"PhysicalResourceId"}),
                            .resource_type = each.text_at({"ResourceType"}),
                            .status = each.text_at({"ResourceStatus"}),
                            .reason = each.text_at({"ResourceStatusReason"})});
    }
    return page;
  });
}

void CloudFormation::remove_stack(const std::string& stack) {
  query(caller_, kCloudFormationVersion, "DeleteStack", stack,
        {{"StackName", stack}, {"ClientRequestToken", new_token()}});
}

}  // namespace stepconf::services
