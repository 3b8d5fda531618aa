#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "stepconf/machine/batching.h"
#include "stepconf/machine/jsonata.h"
#include "stepconf/machine/not_batched.h"

// A JSONata Map: ItemSelector and the Task's arguments are applied before batching, its Output
// behind it, because the wrapper has no JSONata.

namespace stepconf::machine {
namespace {

using Names = std::span<const std::string>;
using Replacement = std::optional<std::string>;

constexpr char kStatesName[] = "$states";

bool begins_with(Names names, std::initializer_list<std::string_view> wanted) {
  return names.size() >= wanted.size() && std::ranges::equal(names.first(wanted.size()), wanted);
}

// What is the same wherever it is read in an execution.
bool is_of_execution(Names names) {
  return begins_with(names, {"context", "Execution"}) ||
         begins_with(names, {"context", "StateMachine"});
}

Replacement of_item(Names names, std::size_t& used) {
  if (begins_with(names, {"context", "Map", "Item", "Value"})) {
    used = 4;
    return "$stepconf_job";
  }
  if (begins_with(names, {"context", "Map", "Item", "Index"})) {
    used = 4;
    return "$stepconf_index";
  }
  return is_of_execution(names) ? Replacement(kStatesName) : std::nullopt;
}

Replacement in_selector(Names names, std::size_t& used) {
  return names[0] == "input" ? Replacement(kStatesName) : of_item(names, used);
}

Replacement in_arguments(Names names, std::size_t& used) {
  if (names[0] != "input") return of_item(names, used);
  used = 1;
  return "$stepconf_item";
}

std::string expression_or_refuse(const Json& value, const Replace& replace, std::string_view what) {
  const auto expression = template_as_expression(value, replace);
  if (expression) return *expression;
  throw NotBatched(
      fmt::format("{} reads of $states or of the state's context what would differ, has an array "
                  "with expressions inside, or a slash that may be a division or not",
                  what));
}

std::string items_of(const Json& map) {
  const auto items = map.find("Items");
  if (items == map.end()) return "$states.input";
  if (const auto expression = expression_in(*items)) return "(" + *expression + ")";
  const Replace nothing = [](Names, std::size_t&) { return Replacement(); };
  return expression_or_refuse(*items, nothing, "Items");
}

void check_fields(const Json& task) {
  constexpr std::array<std::string_view, 8> kKnown = {
      "Type", "Resource", "Arguments", "Output", "Retry", "QueryLanguage", "Comment", "End"};
  for (const auto& [name, value] : task.items()) {
    if (std::ranges::find(kKnown, name) == kKnown.end()) {
      throw NotBatched(fmt::format("the inner Task has {}", name));
    }
  }
}

std::string job_of(const Json& map, const Json& task) {
  const std::string item =
      map.contains("ItemSelector")
          ? expression_or_refuse(map.at("ItemSelector"), in_selector, "ItemSelector")
          : "$stepconf_job";
  Json event = query("$states.input");
  if (!has_function_as_resource(task)) {
    const Json& arguments = task.at("Arguments");
    for (const char* field : {"ClientContext", "LogType"}) {
      if (arguments.contains(field)) throw NotBatched(fmt::format("Arguments has {}", field));
    }
    event = arguments.value("Payload", Json::object());
  } else if (task.contains("Arguments")) {
    event = task.at("Arguments");
  }
  const std::string payload = expression_or_refuse(event, in_arguments, "the Task's event");
  if (payload == "($stepconf_item)") return item;
  return fmt::format("($stepconf_item := {}; {})", item, payload);
}

Replace in_task_output(bool function_as_resource) {
  return [function_as_resource](Names names, std::size_t& used) -> Replacement {
    if (names[0] != "result")
      return is_of_execution(names) ? Replacement(kStatesName) : std::nullopt;
    if (function_as_resource) {
      used = 1;
      return "$stepconf_result";
    }
    if (begins_with(names, {"result", "Payload"})) {
      used = 2;
      return "$stepconf_result";
    }
    if (names.size() > 1) return kStatesName;
    used = 1;
    return "$merge([$states.result, {'Payload': $stepconf_result}])";
  };
}

std::string for_each_result(const std::string& output) {
  return query(
      fmt::format("[$map($states.result.Payload, function($stepconf_result) {{ {} }})]", output));
}

OrderedJson task_output_of(const Json& task) {
  const bool function_as_resource = has_function_as_resource(task);
  const std::string payloads = query("$states.result.Payload");
  const auto output = task.find("Output");
  if (output == task.end()) {
    if (function_as_resource) return payloads;
    return for_each_result("$merge([$states.result, {'Payload': $stepconf_result}])");
  }
  const std::string plain = function_as_resource ? "$states.result" : "$states.result.Payload";
  if (expression_in(*output) == plain) return payloads;
  if (!output->is_object()) {
    throw NotBatched(
        fmt::format("Output of the inner Task is an expression, whose values may be arrays, which "
                    "JSONata would "
                    "flatten; '{}' and objects can be batched",
                    query(plain)));
  }
  return for_each_result(
      expression_or_refuse(*output, in_task_output(function_as_resource), "the Task's Output"));
}

OrderedJson with_results(const Json& map, const char* field, const std::string& results) {
  if (!map.contains(field)) return nullptr;
  const auto replace = [&](Names names, std::size_t& used) -> Replacement {
    if (names[0] != "result") return kStatesName;
    used = 1;
    return results;
  };
  const auto replaced = replace_in_template(OrderedJson(map.at(field)), replace);
  if (!replaced) throw NotBatched(fmt::format("{} of the Map uses $states whole", field));
  return *replaced;
}

// The configurator's state evaluates what makes the jobs, to count and measure them. Where that may
// fail, it has to fail into the hands of the Map's own Catch.
bool may_fail(const Json& map, const Batching& batching) {
  const auto items = map.find("Items");
  const auto expression = items == map.end() ? std::nullopt : expression_in(*items);
  return (expression && !is_path(*expression)) || batching.job != "$stepconf_job";
}

void write_jsonata_output(const Json& map, Batching& batching) {
  batching.around = map.contains("Retry") || (map.contains("Catch") && may_fail(map, batching));
  const std::string results = batching.around ? "$states.result.r" : kResults;
  OrderedJson output = with_results(map, "Output", results);
  if (output.is_null() && !map.contains("Output")) output = query(results);
  OrderedJson assign = with_results(map, "Assign", results);
  if (batching.around) {
    batching.around_output = std::move(output);
    batching.around_assign = std::move(assign);
    // In an object, so that a single array of results is not flattened on its way through Parallel.
    batching.output = query(fmt::format("{{'r': {}}}", kResults));
  } else {
    batching.output = std::move(output);
    batching.assign = std::move(assign);
  }
}

}  // namespace

std::string jsonata_items(const Json& map) {
  const auto items = map.find("Items");
  if (items == map.end()) return "$states.input";
  const auto expression = expression_in(*items);
  return expression ? "(" + *expression + ")" : "";
}

Batching jsonata_batching(const Json& map, const Json& task) {
  Batching batching;
  try {
    check_fields(task);
    batching.items = items_of(map);
    batching.job = job_of(map, task);
    batching.task_output = task_output_of(task);
    write_jsonata_output(map, batching);
    if (const auto most = map.find("MaxConcurrency"); most != map.end() && *most != 0) {
      const auto expression = expression_in(*most);
      batching.max_concurrency = expression ? *expression : most->dump();
    }
    batching.entry["Task"]["QueryLanguage"] = "JSONata";
    if (task.contains("Retry")) batching.entry["Task"]["Retry"] = task.at("Retry");
  } catch (const NotBatched& reason) {
    batching.why_not = reason.what();
  }
  return batching;
}

}  // namespace stepconf::machine
