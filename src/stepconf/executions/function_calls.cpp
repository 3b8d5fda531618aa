#include "stepconf/executions/function_calls.h"

#include <string_view>

#include "stepconf/asl/lambda_arn.h"
#include "stepconf/executions/json_member.h"
#include "stepconf/platform/service_errors.h"

namespace stepconf::executions {
namespace {

using services::HistoryEvent;
using services::text_of;

Json parsed(const std::string& text) {
  Json value = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return value.is_discarded() ? Json() : value;
}

bool begins_with_either(const std::string& type, std::string_view rest) {
  return type == "Task" + std::string(rest) || type == "LambdaFunction" + std::string(rest);
}

bool schedules(const HistoryEvent& event) {
  if (event.type == "LambdaFunctionScheduled") return true;
  return event.type == "TaskScheduled" && text_of(event.details, "resourceType") == "lambda";
}

bool starts(const HistoryEvent& event) { return begins_with_either(event.type, "Started"); }

bool succeeds(const HistoryEvent& event) { return begins_with_either(event.type, "Succeeded"); }

bool fails(const HistoryEvent& event) {
  for (const std::string_view rest :
       {"Failed", "TimedOut", "StartFailed", "SubmitFailed", "ScheduleFailed"}) {
    if (begins_with_either(event.type, rest)) return true;
  }
  return false;
}

// Of lambda:invoke the parameters, of a function's ARN as Resource its input.
void read_request(const HistoryEvent& event, FunctionCall& call) {
  std::string name = text_of(event.details, "resource");
  if (event.type == "TaskScheduled") {
    const Json parameters = parsed(text_of(event.details, "parameters"));
    name = text_of(parameters, "FunctionName");
    call.payload = member(parameters, "Payload");
    call.qualifier = text_of(parameters, "Qualifier");
  } else {
    call.payload = parsed(text_of(event.details, "input"));
  }
  const auto function = asl::parse_function_name(name);
  if (!function) return;
  call.function = function->name;
  if (!function->qualifier.empty()) call.qualifier = function->qualifier;
}

void read_answer(const HistoryEvent& event, FunctionCall& call) {
  const Json output = parsed(text_of(event.details, "output"));
  if (event.type != "TaskSucceeded") {
    call.result = output;
    return;
  }
  call.result = member(output, "Payload");
  call.request_id = text_of(member(output, "SdkResponseMetadata"), "RequestId");
}

// As the local platform names it.
std::string status_of(const HistoryEvent& event) {
  constexpr std::string_view kLambda = "Lambda.";
  std::string error = text_of(event.details, "error");
  if (error.empty()) error = event.type.ends_with("TimedOut") ? "States.Timeout" : "Lambda.Unknown";
  const std::string_view name = error;
  if (name.starts_with(kLambda) && platform::is_service_error(name.substr(kLambda.size())))
    return error.substr(kLambda.size());
  return error;
}

void read_end(const HistoryEvent& event, FunctionCall& call) {
  call.ended = event.time;
  if (succeeds(event)) {
    call.status = "ok";
    read_answer(event, call);
    return;
  }
  call.status = status_of(event);
  call.cause = text_of(event.details, "cause");
}

// Goes on from event to event until the call has ended.
void follow(const Scopes& history, std::size_t place, FunctionCall& call) {
  for (const std::size_t next : history.after(place)) {
    const HistoryEvent& event = history.events()[next];
    if (succeeds(event) || fails(event)) {
      call.ended_at = next;
      return read_end(event, call);
    }
    if (starts(event)) call.started = event.time;
    if (starts(event) || event.type == "TaskSubmitted") return follow(history, next, call);
  }
}

}  // namespace

std::vector<FunctionCall> function_calls(const Scopes& history) {
  std::vector<FunctionCall> calls;
  for (std::size_t place = 0; place < history.events().size(); ++place) {
    const HistoryEvent& event = history.events()[place];
    if (!schedules(event)) continue;
    FunctionCall call{.scheduled_at = place, .scheduled = event.time, .status = "aborted"};
    read_request(event, call);
    for (const OpenState& state : history.scope(place)) call.attempt += state.retries;
    follow(history, place, call);
    calls.push_back(std::move(call));
  }
  return calls;
}

}  // namespace stepconf::executions
