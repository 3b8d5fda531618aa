#include "stepconf/asl/data_flow.h"

#include <fmt/format.h>

#include <algorithm>

#include "stepconf/asl/failure.h"
#include "stepconf/asl/fields.h"
#include "stepconf/asl/payload.h"

namespace stepconf::asl {
namespace {

bool is_root(const Path& path) { return path.text() == "$"; }

Json apply_path(const std::optional<Path>& path, std::string_view field, Json value,
                const Json& context) {
  if (!path) return Json::object();
  if (is_root(*path)) return value;
  auto found = path->find({value, context});
  if (!found) {
    throw StateFailure(
        kRuntime, fmt::format("Invalid path '{}' in {}: there is nothing.", path->text(), field));
  }
  return std::move(*found);
}

const Json& resolve(const Path& path, std::string_view field, const Json& data,
                    const Json& context) {
  const Json* node = path.find_node({data, context});
  if (node == nullptr) {
    throw StateFailure(
        kRuntime, fmt::format("Invalid path '{}' in {}: there is nothing.", path.text(), field));
  }
  return *node;
}

std::string fail_text(const std::optional<Fail::Text>& text, std::string_view field,
                      const Json& input, const Json& context) {
  if (!text) return "";
  if (const auto* literal = std::get_if<std::string>(&*text)) return *literal;
  const auto* path = std::get_if<Path>(&*text);
  const Json value = path ? resolve(*path, field, input, context)
                          : std::get<Intrinsic>(*text).evaluate({input, context});
  if (!value.is_string()) {
    throw StateFailure(kRuntime,
                       fmt::format("{} must be a string, is a {}.", field, value.type_name()));
  }
  return value.get<std::string>();
}

}  // namespace

Json effective_input(const DataFlow& flow, const Json& input, const Json& context) {
  return apply_path(flow.input_path, "InputPath", input, context);
}

Json work_input(const DataFlow& flow, const Json& input, const Json& context) {
  Json value = effective_input(flow, input, context);
  if (flow.parameters) value = flow.parameters->evaluate({value, context});
  check_payload(value, "The state's input after Parameters");
  return value;
}

Json state_output(const DataFlow& flow, Json input, Json result, const Json& context) {
  if (flow.result_selector) result = flow.result_selector->evaluate({result, context});
  if (!flow.result_path) {
    result = std::move(input);
  } else if (!is_root(*flow.result_path)) {
    flow.result_path->put(input, std::move(result));
    result = std::move(input);
  }
  return apply_output_path(flow, std::move(result), context);
}

Json apply_output_path(const DataFlow& flow, Json output, const Json& context) {
  output = apply_path(flow.output_path, "OutputPath", std::move(output), context);
  check_payload(output, "The state's output");
  return output;
}

Json task_event(const Task& task, const DataFlow& flow, const Json& input, const Json& context) {
  Json value = work_input(flow, input, context);
  if (!task.wrapped) return value;
  const auto payload = value.find("Payload");
  return payload == value.end() ? Json::object() : std::move(*payload);
}

Json task_result(const Task& task, Json result) {
  if (task.wrapped) {
    result = {{"ExecutedVersion", "$LATEST"}, {"Payload", std::move(result)}, {"StatusCode", 200}};
  }
  check_payload(result, "The function's result");
  return result;
}

Json map_items(const Map& map, const Json& effective, const Json& context) {
  const Json& items = resolve(*map.items_path, "ItemsPath", effective, context);
  if (!items.is_array()) {
    throw StateFailure(kRuntime, fmt::format("Reference path '{}' in ItemsPath must point to an "
                                             "array, not to a {}.",
                                             map.items_path->text(), items.type_name()));
  }
  return items;
}

Seconds wait_duration(const Wait& wait, const Json& effective, const Json& context, Timestamp now) {
  if (wait.seconds) return *wait.seconds;
  if (wait.seconds_path) {
    const Json& value = resolve(*wait.seconds_path, "SecondsPath", effective, context);
    if (!value.is_number() || !(value.get<double>() >= 0) ||
        value.get<double>() > static_cast<double>(kMostSeconds)) {
      throw StateFailure(kRuntime, fmt::format("SecondsPath '{}' names {}, must be a number from 0 "
                                               "to {}.",
                                               wait.seconds_path->text(),
                                               value.dump().substr(0, 80), kMostSeconds));
    }
    return Seconds(value.get<double>());
  }
  auto due = wait.timestamp;
  if (wait.timestamp_path) {
    const Json& value = resolve(*wait.timestamp_path, "TimestampPath", effective, context);
    if (value.is_string()) due = parse_timestamp(value.get_ref<const std::string&>());
    if (!due) {
      throw StateFailure(kRuntime,
                         fmt::format("TimestampPath '{}' names {}, must be a timestamp "
                                     "like 2016-08-18T17:33:00Z.",
                                     wait.timestamp_path->text(), value.dump().substr(0, 80)));
    }
  }
  return std::max(Seconds(0), std::chrono::duration_cast<Seconds>(*due - now));
}

StateError fail_error(const Fail& fail, const Json& input, const Json& context) {
  StateError error;
  error.error = fail_text(fail.error, "ErrorPath", input, context);
  error.cause = fail_text(fail.cause, "CausePath", input, context);
  return error;
}

}  // namespace stepconf::asl
