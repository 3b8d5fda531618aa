#include "stepconf/services/step_functions.h"

#include <fmt/format.h>

namespace stepconf::services {
namespace {

net::Request states_request(std::string_view operation, const Json& body) {
  return aws::json_request(fmt::format("AWSStepFunctions.{}", operation), "1.0", body);
}

Json list_of(const Texts& tags) {
  Json list = Json::array();
  for (const auto& [key, value] : tags) list.push_back({{"key", key}, {"value", value}});
  return list;
}

Execution read_execution(const Json& document) {
  return {.arn = text_of(document, "executionArn"),
          .name = text_of(document, "name"),
          .status = text_of(document, "status"),
          .started = time_of(document, "startDate"),
          .stopped = time_of(document, "stopDate"),
          .input = text_of(document, "input"),
          .output = text_of(document, "output"),
          .error = text_of(document, "error"),
          .cause = text_of(document, "cause")};
}

HistoryEvent read_event(const Json& document) {
  HistoryEvent event{.id = integer_of(document, "id"),
                     .previous_id = integer_of(document, "previousEventId"),
                     .time = time_of(document, "timestamp"),
                     .type = text_of(document, "type")};
  for (const auto& [name, value] : document.items()) {
    if (name.ends_with("EventDetails")) event.details = value;
  }
  return event;
}

}  // namespace

Json StepFunctions::call(std::string_view operation, const std::string& resource,
                         const Json& request, Repeat repeat) {
  return caller_.object(operation, resource, states_request(operation, request), repeat);
}

std::string StepFunctions::create_machine(const NewStateMachine& machine) {
  Json request = machine.more;
  request.update({{"name", machine.name},
                  {"type", machine.type},
                  {"definition", machine.definition},
                  {"roleArn", machine.role_arn},
                  {"tags", list_of(machine.tags)}});
  return text_of(call("CreateStateMachine", machine.name, request), "stateMachineArn");
}

void StepFunctions::update_machine(const std::string& arn, const std::string& definition,
                                   const std::string& role_arn) {
  call("UpdateStateMachine", arn,
       {{"stateMachineArn", arn}, {"definition", definition}, {"roleArn", role_arn}});
}

std::optional<StateMachine> StepFunctions::find_machine(const std::string& arn) {
  const auto found =
      caller_.object_if_there("DescribeStateMachine", arn,
                              states_request("DescribeStateMachine", {{"stateMachineArn", arn}}));
  if (!found) return std::nullopt;
  return StateMachine{.arn = text_of(*found, "stateMachineArn"),
                      .name = text_of(*found, "name"),
                      .type = text_of(*found, "type"),
                      .status = text_of(*found, "status"),
                      .definition = text_of(*found, "definition"),
                      .role_arn = text_of(*found, "roleArn"),
                      .revision = text_of(*found, "revisionId")};
}

void StepFunctions::remove_machine(const std::string& arn) {
  call("DeleteStateMachine", arn, {{"stateMachineArn", arn}});
}

std::string StepFunctions::start(const std::string& machine_arn, const std::string& input,
                                 const std::string& name) {
  Json request{{"stateMachineArn", machine_arn}, {"input", input}};
  if (!name.empty()) request["name"] = name;
  return text_of(
      call("StartExecution", machine_arn, request, name.empty() ? Repeat::kUnsafe : Repeat::kSafe),
      "executionArn");
}

std::optional<Execution> StepFunctions::find_execution(const std::string& arn) {
  const auto found = caller_.object_if_there(
      "DescribeExecution", arn, states_request("DescribeExecution", {{"executionArn", arn}}));
  if (!found) return std::nullopt;
  return read_execution(*found);
}

std::vector<Execution> StepFunctions::executions(const std::string& machine_arn,
                                                 const std::string& status) {
  return all_pages([&](const std::string& next) {
    Json request{{"stateMachineArn", machine_arn}};
    if (!status.empty()) request["statusFilter"] = status;
    if (!next.empty()) request["nextToken"] = next;
    const Json answer = call("ListExecutions", machine_arn, request);
    Page<Execution> page{.next = text_of(answer, "nextToken")};
    for (const Json& each : objects_of(answer, "executions")) {
      page.items.push_back(read_execution(each));
    }
    return page;
  });
}

Page<HistoryEvent> StepFunctions::history_page(const std::string& execution_arn,
                                               const std::string& next) {
  Json request{{"executionArn", execution_arn}, {"maxResults", 1000}};
  if (!next.empty()) request["nextToken"] = next;
  const Json answer = call("GetExecutionHistory", execution_arn, request);
  Page<HistoryEvent> page{.next = text_of(answer, "nextToken")};
  for (const Json& each : objects_of(answer, "events")) page.items.push_back(read_event(each));
  return page;
}

std::vector<HistoryEvent> StepFunctions::history(const std::string& execution_arn) {
  return all_pages([&](const std::string& next) { return history_page(execution_arn, next); });
}

void StepFunctions::stop(const std::string& execution_arn, const std::string& error,
                         const std::string& cause) {
  call("StopExecution", execution_arn,
       {{"executionArn", execution_arn}, {"error", error}, {"cause", cause}});
}

void StepFunctions::tag(const std::string& arn, const Texts& tags) {
  call("TagResource", arn, {{"resourceArn", arn}, {"tags", list_of(tags)}});
}

Texts StepFunctions::tags(const std::string& arn) {
  Texts tags;
  const Json answer = call("ListTagsForResource", arn, {{"resourceArn", arn}});
  for (const Json& each : objects_of(answer, "tags")) {
    tags[text_of(each, "key")] = text_of(each, "value");
  }
  return tags;
}

}  // namespace stepconf::services
