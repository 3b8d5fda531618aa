// Whatever stands in a history: it is read, and what is read is a trace that can be read again.
#include "stepconf/base/error.h"
#include "stepconf/executions/trace.h"
#include "stepconf/executor/trace.h"
#include "stepconf/services/caller.h"
#include "stepconf/workflow/from_asl.h"
#include "tests/fuzz/fuzz.h"

namespace stepconf {
namespace {

constexpr const char* kDefinition = R"({"StartAt": "C", "States": {
  "C": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": true, "Next": "M"}], "Default": "T"},
  "M": {"Type": "Map", "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Task",
        "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true}}}, "Next": "T"},
  "T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:g", "End": true,
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "P"}]},
  "P": {"Type": "Pass", "End": true}}})";

std::vector<services::HistoryEvent> read_events(const Json& document) {
  std::vector<services::HistoryEvent> events;
  for (const Json& event : services::objects_of(document, "events")) {
    events.push_back({.id = services::integer_of(event, "id"),
                      .previous_id = services::integer_of(event, "previousEventId"),
                      .time = services::time_of(event, "timestamp"),
                      .type = services::text_of(event, "type"),
                      .details = event.value("details", Json::object())});
  }
  return events;
}

}  // namespace
}  // namespace stepconf

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepconf;
  static const auto machine = asl::StateMachine::parse(kDefinition, "d");
  static const auto workflow = workflow::from_state_machine(machine, {});
  static const deploy::DeploymentNames names("shop", {.id = "123456789012"});
  static const auto prices = pricing::price_sheet();
  const Json document = Json::parse(fuzz::text(data, size), nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) return 0;
  executions::Told told{.events = read_events(document)};
  told.execution.name = std::string("e");
  told.execution.status = services::text_of(document, "status");
  told.execution.started = 1e9;
  const auto read = executions::read_execution(
      told, {.machine = machine, .workflow = workflow, .names = names, .prices = prices},
      Seconds{20});
  for (const executor::StepRecord& record : read.summary.steps) {
    if (record.configuration.memory.value < 1) continue;
    const std::string text =
        executor::to_json(record).dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
    fuzz::expect(executor::parse_trace(text, "t").size() == 1, "a record is a line of a trace");
  }
  return 0;
}
