#include "stepconf/machine/planning_outline.h"

#include <fmt/format.h>

#include "stepconf/base/error.h"
#include "stepconf/machine/definition.h"

namespace stepconf::machine {
namespace {

const Json& needed(const Json& state, const char* name, const std::string& place) {
  const auto found = state.find(name);
  if (found != state.end()) return *found;
  throw InvalidInput(fmt::format("{}: lacks {}", place, name));
}

class Outline {
 public:
  explicit Outline(std::string_view source) : source_(source) {}

  Json scope(const Json& scope, QueryLanguage language, const std::string& path) const {
    const std::string place = path.empty() ? source_ : fmt::format("{}: state '{}'", source_, path);
    if (!scope.is_object() || !states_of(scope).is_object()) {
      throw InvalidInput(fmt::format("{}: must be an object with StartAt and States", place));
    }
    const QueryLanguage own = language_of(scope, language);
    Json outlined = {{"StartAt", needed(scope, "StartAt", place)}, {"States", Json::object()}};
    for (const auto& [name, inner] : states_of(scope).items()) {
      const std::string inner_path = path.empty() ? name : fmt::format("{}/{}", path, name);
      outlined["States"][name] = state(name, inner, own, inner_path);
    }
    return outlined;
  }

 private:
  Json state(const std::string& name, const Json& state, QueryLanguage language,
             const std::string& path) const {
    const std::string place = fmt::format("{}: state '{}'", source_, path);
    if (!state.is_object() || !needed(state, "Type", place).is_string()) {
      throw InvalidInput(fmt::format("{}: must be an object with a Type", place));
    }
    const std::string type = state["Type"];
    Json outlined = {{"Type", type}};
    if (type == "Succeed" || type == "Fail") return outlined;
    if (type == "Choice") return choice(state, place);
    if (type == "Task") return task(name, state, language_of(state, language));
    if (type == "Wait") outlined = wait(state);
    if (type == "Map") {
      const std::string processor = processor_of(state);
      outlined["ItemProcessor"] =
          scope(needed(state, processor.empty() ? "ItemProcessor" : processor.c_str(), place),
                language, path);
    }
    if (type == "Parallel") {
      outlined["Branches"] = Json::array();
      for (const Json& branch : needed(state, "Branches", place)) {
        outlined["Branches"].push_back(scope(branch, language, path));
      }
    }
    if (type == "Map" || type == "Parallel") copy_ways(state, {"Catch"}, outlined);
    copy_ways(state, {"Next", "End"}, outlined);
    return outlined;
  }

  static Json wait(const Json& state) {
    const auto seconds = state.find("Seconds");
    const bool known = seconds != state.end() && seconds->is_number_integer();
    return {{"Type", "Wait"}, {"Seconds", known ? *seconds : Json(0)}};
  }

  static Json task(const std::string& name, const Json& state, QueryLanguage language) {
    if (!function_of(state, language)) {
      Json waiting = {{"Type", "Wait"}, {"Seconds", 0}};
      if (!state.contains("Catch")) {
        copy_ways(state, {"Next", "End"}, waiting);
        return waiting;
      }
      waiting["End"] = true;
      Json around = {
          {"Type", "Parallel"},
          {"Branches", Json::array({{{"StartAt", name}, {"States", {{name, waiting}}}}})}};
      copy_ways(state, {"Catch", "Next", "End"}, around);
      return around;
    }
    Json outlined = {{"Type", "Task"}};
    if (has_function_as_resource(state)) {
      outlined["Resource"] = state["Resource"];
    } else {
      outlined["Resource"] = "arn:aws:states:::lambda:invoke";
      outlined["Parameters"] = {{"FunctionName", function_text(state, language)}};
    }
    const auto timeout = state.find("TimeoutSeconds");
    if (timeout != state.end() && timeout->is_number_integer())
      outlined["TimeoutSeconds"] = *timeout;
    copy_ways(state, {"Catch", "Next", "End"}, outlined);
    return outlined;
  }

  static Json choice(const Json& state, const std::string& place) {
    Json outlined = {{"Type", "Choice"}, {"Choices", Json::array()}};
    for (const Json& rule : needed(state, "Choices", place)) {
      if (!rule.is_object()) throw InvalidInput(fmt::format("{}: a rule must be an object", place));
      outlined["Choices"].push_back(
          {{"Variable", "$"}, {"IsPresent", true}, {"Next", needed(rule, "Next", place)}});
    }
    copy_ways(state, {"Default"}, outlined);
    return outlined;
  }

  // Of a Catch, what it catches and where it leads.
  static void copy_ways(const Json& state, std::initializer_list<const char*> names,
                        Json& outlined) {
    for (const char* name : names) {
      const auto found = state.find(name);
      if (found == state.end()) continue;
      outlined[name] = *found;
      if (std::string_view(name) != "Catch" || !found->is_array()) continue;
      for (Json& catcher : outlined[name]) {
        if (!catcher.is_object()) continue;
        for (const char* field : {"ResultPath", "Output", "Assign", "Comment"}) {
          catcher.erase(field);
        }
      }
    }
  }

  std::string source_;
};

}  // namespace

std::string planning_outline(std::string_view definition, std::string_view source) {
  const Json plain = parse_json(definition, source);
  if (!plain.is_object()) {
    throw InvalidInput(
        fmt::format("{}: is no state machine, must be an object with StartAt and States", source));
  }
  return Outline(source).scope(plain, QueryLanguage::json_path, {}).dump(2);
}

}  // namespace stepconf::machine
