#include <fmt/format.h>

#include "stepconf/machine/jsonata.h"
#include "stepconf/machine/new_states.h"

namespace stepconf::machine {
namespace {

// The call's arguments with another function; a version or alias belonged to the old one.
OrderedJson call_with(const OrderedJson& call, const std::string& member,
                      const std::string& function) {
  OrderedJson result;
  for (const auto& [name, value] : call.items()) {
    if (name == "Qualifier") continue;
    if (name == "FunctionName") {
      result[member] = function;
    } else {
      result[name] = value;
    }
  }
  return result;
}

// Puts a call of lambda:invoke in the place of a function's ARN as Resource.
OrderedJson as_invoke(const OrderedJson& task, const char* call_member, OrderedJson call) {
  OrderedJson result;
  for (const auto& [name, value] : task.items()) {
    if (name == call_member) continue;
    if (name != "Resource") {
      result[name] = value;
      continue;
    }
    result["Resource"] = invoke_resource(value.get<std::string>());
    result[call_member] = call;
  }
  return result;
}

std::optional<ChosenTask> jsonata_task(const OrderedJson& task, const std::string& function) {
  if (!has_function_as_resource(Json(task))) {
    ChosenTask chosen{.task = task};
    chosen.task["Arguments"] = call_with(task.at("Arguments"), "FunctionName", query(function));
    return chosen;
  }
  OrderedJson event = query("$states.input");
  if (task.contains("Arguments")) event = task.at("Arguments");
  ChosenTask chosen{.task = as_invoke(task, "Arguments",
                                      {{"FunctionName", query(function)}, {"Payload", event}})};
  const auto payload = [](std::span<const std::string> names, std::size_t& used) {
    if (names[0] != "result") return std::optional<std::string>("$states");
    used = 1;
    return std::optional<std::string>("$states.result.Payload");
  };
  for (const char* field : {"Output", "Assign"}) {
    if (!task.contains(field)) continue;
    auto replaced = replace_in_template(task.at(field), payload);
    if (!replaced) return std::nullopt;
    chosen.task[field] = std::move(*replaced);
  }
  if (!task.contains("Output")) chosen.task["Output"] = query("$states.result.Payload");
  return chosen;
}

std::optional<ChosenTask> json_path_task(const OrderedJson& task, const std::string& function) {
  if (!has_function_as_resource(Json(task))) {
    ChosenTask chosen{.task = task};
    chosen.task["Parameters"] = call_with(task.at("Parameters"), "FunctionName.$", function);
    return chosen;
  }
  if (task.contains("Assign")) return std::nullopt;
  OrderedJson call = {{"FunctionName.$", function}};
  if (task.contains("Parameters")) {
    call["Payload"] = task.at("Parameters");
  } else {
    call["Payload.$"] = "$";
  }
  ChosenTask chosen{.task = as_invoke(task, "Parameters", std::move(call))};
  const auto path = task.find("ResultPath");
  if (path != task.end() && path->is_null()) return chosen;
  const std::string place = path == task.end() ? "$" : path->get<std::string>();
  const auto output = task.find("OutputPath");
  const bool whole = output == task.end() || *output == "$";
  if (place == "$" && whole && !task.contains("ResultSelector")) {
    chosen.task["OutputPath"] = "$.Payload";
    return chosen;
  }
  chosen.task.erase("ResultSelector");
  chosen.task.erase("OutputPath");
  chosen.after = {{"Type", "Pass"}, {"InputPath", place + ".Payload"}};
  if (task.contains("ResultSelector")) chosen.after["Parameters"] = task.at("ResultSelector");
  if (place != "$") chosen.after["ResultPath"] = place;
  if (output != task.end()) chosen.after["OutputPath"] = *output;
  return chosen;
}

}  // namespace

std::string invoke_resource(const std::string& function) {
  std::string partition = "aws";
  if (function.starts_with("arn:")) partition = function.substr(4, function.find(':', 4) - 4);
  return fmt::format("arn:{}:states:::lambda:invoke", partition);
}

std::optional<ChosenTask> with_chosen_function(const OrderedJson& task, QueryLanguage language,
                                               const std::string& variable) {
  const std::string function = fmt::format("${}.function", variable);
  return language == QueryLanguage::jsonata ? jsonata_task(task, function)
                                            : json_path_task(task, function);
}

OrderedJson with_fixed_function(const OrderedJson& task, QueryLanguage language,
                                const std::string& text) {
  OrderedJson result = task;
  if (!has_function_as_resource(Json(task))) {
    const char* member = language == QueryLanguage::jsonata ? "Arguments" : "Parameters";
    result[member] = call_with(task.at(member), "FunctionName", text);
    return result;
  }
  result["Resource"] = text;
  return result;
}

}  // namespace stepconf::machine
