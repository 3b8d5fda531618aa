#include "stepconf/machine/definition.h"

#include <algorithm>

namespace stepconf::machine {
namespace {

constexpr std::string_view kInvoke = ":states:::lambda:invoke";

const Json kNone = Json::object();

const Json& member(const Json& object, std::string_view name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() ? *found : kNone;
}

std::string text(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

const char* call_member(QueryLanguage language) {
  return language == QueryLanguage::jsonata ? "Arguments" : "Parameters";
}

}  // namespace

QueryLanguage language_of(const Json& owner, QueryLanguage otherwise) {
  const std::string language = text(owner, "QueryLanguage");
  if (language.empty()) return otherwise;
  return language == "JSONata" ? QueryLanguage::jsonata : QueryLanguage::json_path;
}

const Json& states_of(const Json& scope) { return member(scope, "States"); }

std::vector<const Json*> scopes_in(const Json& state) {
  std::vector<const Json*> scopes;
  const std::string type = text(state, "Type");
  if (type == "Map") {
    if (const std::string name = processor_of(state); !name.empty()) {
      scopes.push_back(&state.at(name));
    }
  } else if (type == "Parallel") {
    for (const Json& branch : member(state, "Branches")) scopes.push_back(&branch);
  }
  return scopes;
}

std::string processor_of(const Json& map) {
  for (const char* name : {"ItemProcessor", "Iterator"}) {
    if (map.contains(name)) return name;
  }
  return "";
}

bool is_distributed(const Json& map) {
  const std::string name = processor_of(map);
  return !name.empty() && text(member(map.at(name), "ProcessorConfig"), "Mode") == "DISTRIBUTED";
}

bool has_function_as_resource(const Json& task) {
  return asl::parse_lambda_arn(text(task, "Resource")).has_value();
}

std::string function_text(const Json& task, QueryLanguage language) {
  if (has_function_as_resource(task)) return text(task, "Resource");
  return text(member(task, call_member(language)), "FunctionName");
}

std::optional<asl::LambdaFunction> function_of(const Json& state, QueryLanguage language) {
  if (text(state, "Type") != "Task" || state.contains("Credentials")) return std::nullopt;
  const std::string resource = text(state, "Resource");
  if (auto function = asl::parse_lambda_arn(resource)) return function;
  if (!resource.starts_with("arn:aws") || !resource.ends_with(kInvoke)) return std::nullopt;
  const Json& call = member(state, call_member(language));
  if (call.contains("Qualifier.$") || text(call, "Qualifier").starts_with("{%")) {
    return std::nullopt;
  }
  const std::string type = text(call, "InvocationType");
  if ((!type.empty() && type != "RequestResponse") || call.contains("InvocationType.$")) {
    return std::nullopt;
  }
  auto function = asl::parse_function_name(text(call, "FunctionName"));
  if (function && call.contains("Qualifier")) function->qualifier = text(call, "Qualifier");
  return function;
}

const Json* only_task(const Json& map, QueryLanguage machine, std::string* name) {
  const std::string processor = processor_of(map);
  if (text(map, "Type") != "Map" || processor.empty()) return nullptr;
  const Json& states = states_of(map.at(processor));
  if (states.size() != 1) return nullptr;
  const Json& task = *states.begin();
  if (!function_of(task, language_of(task, machine))) return nullptr;
  if (name != nullptr) *name = states.begin().key();
  return &task;
}

void FullNames::count(const Json& scope) {
  for (const auto& [name, state] : states_of(scope).items()) {
    ++count_[name];
    for (const Json* inner : scopes_in(state)) count(*inner);
  }
}

const std::string& FullNames::of(const std::string& state, const std::string& path) const {
  const auto found = count_.find(state);
  return found != count_.end() && found->second > 1 ? path : state;
}

}  // namespace stepconf::machine
