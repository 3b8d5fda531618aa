#include "stepconf/asl/parse_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"

namespace stepconf::asl {
namespace {

constexpr std::string_view kInvoke = ":states:::lambda:invoke";

std::optional<Template> parse_template(Fields& state, std::string_view name) {
  const Json* json = state.find(name);
  if (json == nullptr) return std::nullopt;
  if (!json->is_object()) state.refuse(name, "must be a JSON object");
  try {
    return Template::parse(*json);
  } catch (const InvalidInput& error) {
    state.refuse(name, fmt::format("is wrong: {}", error.what()));
  }
}

std::optional<Path> path_or_null(Fields& state, std::string_view name) {
  const Json* json = state.find(name);
  if (json == nullptr) return Path::parse("$");
  return json->is_null() ? std::nullopt : state.path(name);
}

void parse_input_and_output(Fields& state, DataFlow& flow) {
  flow.input_path = path_or_null(state, "InputPath");
  flow.output_path = path_or_null(state, "OutputPath");
}

void parse_result_path(Fields& state, DataFlow& flow) {
  flow.result_path = path_or_null(state, "ResultPath");
  if (!flow.result_path) return;
  state.reference_path("ResultPath");
  if (flow.result_path->reads_context()) state.refuse("ResultPath", "must begin with a single $");
}

void parse_next(Fields& fields, State& state) {
  const auto next = fields.text("Next");
  const bool end = fields.boolean("End").value_or(false);
  if (next && end) fields.refuse("End", "is true beside Next; keep one");
  if (!next && !end) fields.refuse("Next", "is missing; give Next, or \"End\": true");
  state.next_name = next.value_or("");
}

void parse_errors(Fields& fields, State& state) {
  state.retry = parse_retry(fields);
  state.catchers = parse_catch(fields);
}

// SAM and CloudFormation put values in place of ${NAME} when they deploy a definition.
void refuse_placeholder(const Fields& fields, std::string_view name, std::string_view text) {
  const auto begin = text.find("${");
  if (begin == std::string_view::npos) return;
  const auto end = text.find('}', begin);
  fields.refuse(
      name, fmt::format("has the placeholder '{}', which is filled in only when SAM or "
                        "CloudFormation deploys the definition; write its value there",
                        text.substr(begin, end == std::string_view::npos ? std::string_view::npos
                                                                         : end + 1 - begin)));
}

LambdaFunction parse_invoke(Fields& fields, DataFlow& flow) {
  const Json& json = fields.require("Parameters", "an object with FunctionName and Payload");
  Fields parameters(json, fields.place(), "Parameters.");
  parameters.unsupported("FunctionName.$", "name one function, in FunctionName");
  const std::string text = parameters.required_text("FunctionName");
  refuse_placeholder(parameters, "FunctionName", text);
  auto function = parse_function_name(text);
  if (!function) {
    parameters.refuse("FunctionName", fmt::format("is '{}', must be a function's name, NAME:ALIAS, "
                                                  "or its ARN",
                                                  text));
  }
  if (const auto qualifier = parameters.text("Qualifier")) function->qualifier = *qualifier;
  parameters.unsupported("Qualifier.$", "give a Qualifier that is a text");
  const auto type = parameters.text("InvocationType");
  if (type && *type != "RequestResponse") {
    parameters.refuse("InvocationType",
                      fmt::format("is '{}'; only RequestResponse is supported", *type));
  }
  parameters.unsupported("ClientContext", "put what the function needs into Payload");
  parameters.unsupported("LogType", "leave it out");
  Json payload = Json::object();
  for (const char* name : {"Payload", "Payload.$"}) {
    if (const Json* value = parameters.find(name)) payload[name] = *value;
  }
  parameters.finish();
  try {
    flow.parameters = Template::parse(payload);
  } catch (const InvalidInput& error) {
    fields.refuse("Parameters", fmt::format("is wrong: {}", error.what()));
  }
  return *function;
}

Task parse_task(Fields& fields, State& state) {
  Task task;
  const std::string resource = fields.required_text("Resource");
  refuse_placeholder(fields, "Resource", resource);
  if (resource.starts_with("arn:aws") && resource.ends_with(kInvoke)) {
    task.wrapped = true;
    task.function = parse_invoke(fields, state.flow);
  } else if (auto function = parse_lambda_arn(resource)) {
    task.function = std::move(*function);
    state.flow.parameters = parse_template(fields, "Parameters");
  } else {
    fields.refuse("Resource",
                  fmt::format("is '{}', which is not supported; use a Lambda function's ARN or "
                              "arn:aws:states:::lambda:invoke",
                              resource));
  }
  if (const auto timeout = fields.integer("TimeoutSeconds", 1, kMostSeconds)) {
    task.timeout = Seconds(static_cast<double>(*timeout));
  }
  fields.unsupported("TimeoutSecondsPath", "use TimeoutSeconds");
  fields.unsupported("HeartbeatSeconds",
                     "a Lambda function sends no heartbeats; use TimeoutSeconds");
  fields.unsupported("HeartbeatSecondsPath", "use TimeoutSeconds");
  fields.unsupported("Credentials", "functions are called with the caller's own rights");
  state.flow.result_selector = parse_template(fields, "ResultSelector");
  return task;
}

// One of two names of the same field, the older one kept for older definitions.
std::string_view one_of(Fields& fields, std::string_view name, std::string_view older) {
  const bool both = fields.find(name) != nullptr && fields.find(older) != nullptr;
  if (both) fields.refuse(older, fmt::format("stands beside '{}', which replaces it", name));
  return fields.find(older) != nullptr ? older : name;
}

Map parse_map(Fields& fields, State& state) {
  Map map;
  for (const char* name : {"ItemReader", "ItemBatcher", "ResultWriter", "Label",
                           "ToleratedFailureCount", "ToleratedFailurePercentage",
                           "ToleratedFailureCountPath", "ToleratedFailurePercentagePath"}) {
    fields.unsupported(name, "it belongs to Distributed Map; use an inline Map");
  }
  fields.unsupported("MaxConcurrencyPath", "use MaxConcurrency");
  fields.unsupported("Items", "it belongs to JSONata; use ItemsPath");
  map.items_path = Path::parse("$");
  if (fields.find("ItemsPath") != nullptr) map.items_path = fields.reference_path("ItemsPath");
  map.item_selector = parse_template(fields, one_of(fields, "ItemSelector", "Parameters"));
  map.max_concurrency =
      static_cast<int>(fields.integer("MaxConcurrency", 0, 1'000'000'000).value_or(0));
  state.flow.result_selector = parse_template(fields, "ResultSelector");

  const std::string_view name = one_of(fields, "ItemProcessor", "Iterator");
  Fields processor(fields.require(name, "an object with StartAt and States"), fields.place(),
                   std::string(name) + ".");
  if (const Json* json = processor.find("ProcessorConfig")) {
    Fields config(*json, fields.place(), processor.label("ProcessorConfig."));
    if (const auto mode = config.text("Mode"); mode && *mode != "INLINE") {
      config.refuse("Mode", fmt::format("is '{}'; only INLINE is supported", *mode));
    }
    config.unsupported("ExecutionType", "it belongs to Distributed Map");
    config.finish();
  }
  state.inner.push_back(parse_states(processor, fields.place()));
  check_query_language(processor);
  processor.text("Comment");
  processor.finish();
  const std::vector<State>& inner = state.inner.front().states;
  map.is_step = inner.size() == 1 && std::holds_alternative<Task>(inner.front().kind);
  return map;
}

Parallel parse_parallel(Fields& fields, State& state) {
  state.flow.parameters = parse_template(fields, "Parameters");
  state.flow.result_selector = parse_template(fields, "ResultSelector");
  const Json& branches = fields.require("Branches", "an array of objects with StartAt and States");
  if (!branches.is_array() || branches.empty()) {
    fields.refuse("Branches", "must be an array of at least one branch");
  }
  for (std::size_t i = 0; i < branches.size(); ++i) {
    Fields branch(branches[i], fields.place(), fmt::format("Branches[{}].", i));
    state.inner.push_back(parse_states(branch, fields.place()));
    check_query_language(branch);
    branch.text("Comment");
    branch.finish();
  }
  return {};
}

Choice parse_choice(Fields& fields) {
  Choice choice;
  const Json& rules = fields.require("Choices", "an array of rules");
  if (!rules.is_array() || rules.empty()) {
    fields.refuse("Choices", "must be an array of at least one rule");
  }
  for (std::size_t i = 0; i < rules.size(); ++i) {
    Fields rule(rules[i], fields.place(), fmt::format("Choices[{}].", i));
    rule.unsupported("Assign", "variables cannot be used yet");
    rule.unsupported("Condition", "it belongs to JSONata; use Variable and a comparison");
    rule.unsupported("Output", "it belongs to JSONata, which cannot be used yet");
    rule.text("Comment");
    const std::string next = rule.required_text("Next");
    choice.rules.push_back({Condition::parse(rule), next});
    rule.finish();
  }
  choice.default_name = fields.text("Default").value_or("");
  return choice;
}

Wait parse_wait(Fields& fields) {
  Wait wait;
  if (const auto seconds = fields.integer("Seconds", 0, kMostSeconds)) {
    wait.seconds = Seconds(static_cast<double>(*seconds));
  }
  wait.seconds_path = fields.reference_path("SecondsPath");
  wait.timestamp_path = fields.reference_path("TimestampPath");
  if (const auto text = fields.text("Timestamp")) {
    wait.timestamp = parse_timestamp(*text);
    if (!wait.timestamp) {
      fields.refuse("Timestamp", fmt::format("is '{}', must be like 2016-08-18T17:33:00Z", *text));
    }
  }
  const int given = wait.seconds.has_value() + wait.seconds_path.has_value() +
                    wait.timestamp.has_value() + wait.timestamp_path.has_value();
  if (given != 1) {
    fields.refuse("Seconds",
                  "or one of SecondsPath, Timestamp and TimestampPath must be given, and "
                  "only one of them");
  }
  return wait;
}

std::optional<Fail::Text> parse_fail_text(Fields& fields, const std::string& name) {
  const std::string path_name = name + "Path";
  const auto text = fields.text(name);
  const auto path = fields.text(path_name);
  if (text && path) fields.refuse(path_name, fmt::format("stands beside '{}'; keep one", name));
  if (text) return *text;
  if (!path) return std::nullopt;
  if (!path->starts_with("States.")) return *fields.reference_path(path_name);
  try {
    return Intrinsic::parse(*path);
  } catch (const InvalidInput& error) {
    fields.refuse(path_name, fmt::format("is wrong: {}", error.what()));
  }
}

}  // namespace

void check_query_language(Fields& fields) {
  const auto language = fields.text("QueryLanguage");
  if (language && *language != "JSONPath") {
    fields.refuse("QueryLanguage", fmt::format("is '{}'; only JSONPath is supported", *language));
  }
}

State parse_state(const std::string& name, const Json& json, const std::string& source) {
  const Place place{source, name};
  Fields fields(json, place);
  State state;
  state.name = name;
  const std::string type = fields.required_text("Type");
  check_query_language(fields);
  fields.text("Comment");
  fields.unsupported("Assign", "variables cannot be used yet");
  fields.unsupported("Arguments", "it belongs to JSONata; use Parameters");
  fields.unsupported("Output", "it belongs to JSONata; use ResultSelector and OutputPath");

  if (type != "Fail") parse_input_and_output(fields, state.flow);
  if (type == "Task" || type == "Map" || type == "Parallel") {
    parse_errors(fields, state);
    parse_result_path(fields, state.flow);
  }
  if (type != "Choice" && type != "Succeed" && type != "Fail") parse_next(fields, state);

  if (type == "Task") {
    state.kind = parse_task(fields, state);
  } else if (type == "Map") {
    state.kind = parse_map(fields, state);
  } else if (type == "Parallel") {
    state.kind = parse_parallel(fields, state);
  } else if (type == "Pass") {
    state.flow.parameters = parse_template(fields, "Parameters");
    parse_result_path(fields, state.flow);
    const Json* result = fields.find("Result");
    state.kind = Pass{result ? std::optional<Json>(*result) : std::nullopt};
  } else if (type == "Choice") {
    state.kind = parse_choice(fields);
  } else if (type == "Wait") {
    state.kind = parse_wait(fields);
  } else if (type == "Succeed") {
    state.kind = Succeed{};
  } else if (type == "Fail") {
    state.kind = Fail{parse_fail_text(fields, "Error"), parse_fail_text(fields, "Cause")};
  } else {
    constexpr std::array<std::string_view, 8> kTypes = {"Task",   "Map",  "Parallel", "Pass",
                                                        "Choice", "Wait", "Succeed",  "Fail"};
    const std::string meant = nearest(type, kTypes);
    fields.refuse("Type", fmt::format("is '{}', must be Task, Map, Parallel, Pass, Choice, Wait, "
                                      "Succeed or Fail{}",
                                      type, meant.empty() ? "" : "; did you mean " + meant + "?"));
  }
  fields.finish();
  return state;
}

}  // namespace stepconf::asl
