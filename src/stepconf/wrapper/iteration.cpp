#include "stepconf/wrapper/iteration.h"

#include <fmt/format.h>

#include <utility>

#include "stepconf/asl/fields.h"
#include "stepconf/asl/parse_state.h"
#include "stepconf/asl/payload.h"
#include "stepconf/base/error.h"

namespace stepconf::wrapper {
namespace {

constexpr std::int64_t kMostSeconds = 99'999'999;

asl::Template item_selector(const Json& json, const asl::Fields& map) {
  if (!json.is_object()) map.refuse("ItemSelector", "must be a JSON object");
  try {
    return asl::Template::parse(json);
  } catch (const InvalidInput& error) {
    map.refuse("ItemSelector", fmt::format("is wrong: {}", error.what()));
  }
}

}  // namespace

Iteration Iteration::parse(const Json& state, const std::string& source) {
  const asl::Place place{source, ""};
  asl::Fields fields(state, place);
  Iteration iteration;
  if (const Json* json = fields.find("Map")) {
    asl::Fields map(*json, place, "Map.");
    if (const Json* selector = map.find("ItemSelector")) {
      iteration.item_selector_ = item_selector(*selector, map);
    }
    map.finish();
  }
  if (const Json* task = fields.find("Task")) iteration.read_task(*task, source);
  fields.finish();
  return iteration;
}

void Iteration::read_task(const Json& json, const std::string& source) {
  const asl::Place place{source, ""};
  asl::Fields fields(json, place, "Task.");
  if (fields.text("QueryLanguage") == "JSONata") {
    retry_ = asl::parse_retry(fields);
    if (const auto seconds = fields.integer("TimeoutSeconds", 1, kMostSeconds)) {
      timeout_ = Seconds(static_cast<double>(*seconds));
    }
    return;
  }
  asl::State state = asl::parse_state("Task", json, source);
  auto* task = std::get_if<asl::Task>(&state.kind);
  if (task == nullptr) fields.refuse("Type", "must be Task");
  retry_ = std::move(state.retry);
  timeout_ = task->timeout;
  task_ = TaskState{.task = std::move(*task), .flow = std::move(state.flow)};
}

Json Iteration::input(Json item, const Json& map_input, const Json& context) const {
  if (item_selector_) item = item_selector_->evaluate({map_input, context});
  asl::check_payload(item, "The input of the iteration");
  return item;
}

Json Iteration::event(const Json& input, const Json& context) const {
  return task_ ? asl::task_event(task_->task, task_->flow, input, context) : input;
}

Json Iteration::output(Json input, Json result, const Json& context) const {
  if (!task_) {
    asl::check_payload(result, "The function's result");
    return result;
  }
  result = asl::task_result(task_->task, std::move(result));
  return asl::state_output(task_->flow, std::move(input), std::move(result), context);
}

}  // namespace stepconf::wrapper
