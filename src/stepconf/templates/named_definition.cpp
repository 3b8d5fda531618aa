#include <fmt/format.h>

#include <functional>

#include "stepconf/asl/lambda_arn.h"
#include "stepconf/base/error.h"
#include "stepconf/templates/machine_source.h"

namespace stepconf::templates {
namespace {

constexpr const char* kPlaceholder = "arn:aws:lambda:us-east-1:000000000000:function:";
constexpr const char* kInvoke = "arn:aws:states:::lambda:invoke";
constexpr std::size_t kLongestFunctionName = 64;
// Aliases of aliases of ... go no deeper.
constexpr int kDeepestMeaning = 8;

// Says what values will be once they are deployed, as far as that can be known.
class Meanings {
 public:
  explicit Meanings(const Template& templ) : template_(templ) {
    for (const std::string& id :
         templ.ids_of(ResourceKind::function, ResourceKind::serverless_function)) {
      const std::string name = name_of(id);
      const auto [other, fresh] = id_by_name_.emplace(name, id);
      if (!fresh) {
        templ.fail(templ.resource(id), id, "",
                   fmt::format("is named \"{}\", and so is {}", name, other->second));
      }
      name_by_id_[id] = name;
    }
  }

  /// Gives the logical id of a function that a definition names; empty where it is from elsewhere.
  /// `as_text`: the definition has its name itself, which then must be its own in the account.
  std::string function_called(const std::string& name, bool as_text) const {
    const auto found = id_by_name_.find(name);
    if (found == id_by_name_.end() || (as_text && !has_given_name(found->second))) return {};
    return found->second;
  }

  std::optional<std::string> of(const Value& value, int depth = 0) const {
    const Intrinsic intrinsic = intrinsic_of(value);
    if (!intrinsic) return value.is_scalar() ? std::optional(value.scalar) : std::nullopt;
    if (depth > kDeepestMeaning) return std::nullopt;
    const Value& argument = *intrinsic.argument;
    if (intrinsic.name == "Ref" && argument.is_scalar()) return of_ref(argument.scalar, depth);
    if (intrinsic.name == "GetAtt") {
      const auto [id, attribute] = attribute_of(intrinsic);
      return of_attribute(id, attribute, depth);
    }
    if (intrinsic.name == "Sub") return of_sub(argument, depth);
    if (intrinsic.name == "Join") return of_join(argument, depth);
    return std::nullopt;
  }

 private:
  bool has_given_name(const std::string& id) const {
    const Value* name = template_.own_property(id, {"FunctionName"});
    return name != nullptr && !intrinsic_of(*name) && name->is_scalar();
  }

  std::string name_of(const std::string& id) const {
    const std::string& name =
        has_given_name(id) ? template_.own_property(id, {"FunctionName"})->scalar : id;
    return name.substr(0, kLongestFunctionName);
  }

  std::optional<std::string> of_ref(const std::string& name, int depth) const {
    if (name == "AWS::Partition") return "aws";
    if (name == "AWS::Region") return "us-east-1";
    if (name == "AWS::AccountId") return "000000000000";
    if (const auto known = name_by_id_.find(name); known != name_by_id_.end()) {
      return known->second;
    }
    const auto dot = name.find('.');
    if (dot != std::string::npos)
      return of_attribute(name.substr(0, dot), name.substr(dot + 1), depth);
    const Value* resource = template_.resource(name);
    if (resource == nullptr) {
      Value ref = text_value(name);
      ref.tag = "!Ref";
      return template_.known_text(ref);
    }
    const std::string& type = resource->find("Type")->scalar;
    if (type != "AWS::Lambda::Alias" && type != "AWS::Lambda::Version") return std::nullopt;
    const Value* function = template_.own_property(name, {"FunctionName"});
    const auto called = function != nullptr ? of(*function, depth + 1) : std::nullopt;
    if (!called) return std::nullopt;
    const auto parsed = asl::parse_function_name(*called);
    if (!parsed) return std::nullopt;
    return kPlaceholder + parsed->name;
  }

  std::optional<std::string> of_attribute(const std::string& id, const std::string& attribute,
                                          int depth) const {
    const auto known = name_by_id_.find(id);
    // SAM's own: Ref of FUNCTION.Alias and FUNCTION.Version, with AutoPublishAlias.
    if (known != name_by_id_.end() &&
        (attribute == "Arn" || attribute == "Alias" || attribute == "Version")) {
      return kPlaceholder + known->second;
    }
    if (attribute == "AliasArn" || attribute == "FunctionArn") return of_ref(id, depth);
    return std::nullopt;
  }

  std::optional<std::string> of_sub(const Value& argument, int depth) const {
    const Value* text =
        argument.is_sequence() && !argument.elements.empty() ? &argument.elements[0] : &argument;
    const Value* variables = argument.elements.size() == 2 ? &argument.elements[1] : nullptr;
    if (!text->is_scalar()) return std::nullopt;
    std::map<std::string, std::string> found;
    bool all = true;
    std::string result =
        with_substitutions(text->scalar, [&](const std::string& name) -> const std::string* {
          const Value* variable = variables != nullptr ? variables->find(name) : nullptr;
          const auto meaning =
              variable != nullptr ? of(*variable, depth + 1) : of_ref(name, depth + 1);
          if (!meaning) all = false;
          return &(found[name] = meaning.value_or(""));
        });
    return all ? std::optional(std::move(result)) : std::nullopt;
  }

  std::optional<std::string> of_join(const Value& argument, int depth) const {
    if (argument.elements.size() != 2 || !argument.elements[0].is_scalar()) return std::nullopt;
    std::string result;
    for (const Value& element : argument.elements[1].elements) {
      const auto part = of(element, depth + 1);
      if (!part) return std::nullopt;
      if (!result.empty()) result += argument.elements[0].scalar;
      result += *part;
    }
    return result;
  }

  const Template& template_;
  std::map<std::string, std::string> id_by_name_, name_by_id_;
};

enum class Names { resource, function };
using Rename = std::function<void(OrderedJson& text, Names what)>;

// Calls `rename` with what a Task names: its Resource, and the function of lambda:invoke.
void each_name(OrderedJson& scope, const Rename& rename) {
  if (!scope.is_object()) return;
  const auto states = scope.find("States");
  if (states == scope.end() || !states->is_object()) return;
  for (auto& [name, state] : states->items()) {
    if (!state.is_object()) continue;
    for (const char* processor : {"ItemProcessor", "Iterator"}) {
      if (state.contains(processor)) each_name(state[processor], rename);
    }
    if (state.contains("Branches") && state["Branches"].is_array()) {
      for (OrderedJson& branch : state["Branches"]) each_name(branch, rename);
    }
    if (!state.contains("Type") || state["Type"] != "Task") continue;
    if (state.contains("Resource") && state["Resource"].is_string()) {
      rename(state["Resource"], Names::resource);
    }
    for (const char* call : {"Parameters", "Arguments"}) {
      if (!state.contains(call) || !state[call].is_object()) continue;
      OrderedJson& arguments = state[call];
      if (arguments.contains("FunctionName") && arguments["FunctionName"].is_string()) {
        rename(arguments["FunctionName"], Names::function);
      }
    }
  }
}

// "aws" or a substitution, of "arn:PARTITION:states:::..."; empty for any other text.
std::string partition_of(const std::string& resource) {
  constexpr std::string_view kArn = "arn:";
  const auto end = resource.find(":states:::");
  if (!resource.starts_with(kArn) || end == std::string::npos) return {};
  return resource.substr(kArn.size(), end - kArn.size());
}

}  // namespace

NamedDefinition named_definition(const Template& templ, const MachineSource& source) {
  static_cast<void>(parse_json(source.text, source.file));
  const Meanings meanings(templ);
  std::map<std::string, std::string> texts;
  for (const auto& [name, value] : source.substitutions) {
    if (const auto meaning = meanings.of(value)) texts[name] = *meaning;
  }
  NamedDefinition named;
  OrderedJson definition = OrderedJson::parse(source.text);
  each_name(definition, [&](OrderedJson& place, Names what) {
    const auto put = [&](const std::string& text) {
      auto& original = what == Names::resource ? named.original_resource : named.original_name;
      original.emplace(text, place.get<std::string>());
      place = text;
    };
    const std::string before = place.get<std::string>();
    const std::string text =
        with_substitutions(before, [&](const std::string& name) -> const std::string* {
          const auto known = texts.find(name);
          return known == texts.end() ? nullptr : &known->second;
        });
    if (const std::string partition = partition_of(text); !partition.empty()) {
      if (named.partition.empty()) named.partition = partition_of(before);
      // Known by this name to whoever reads definitions.
      put(text.ends_with(":lambda:invoke") ? kInvoke : text);
      return;
    }
    const auto function = asl::parse_function_name(text);
    if (!function) return;
    const std::string id = meanings.function_called(function->name, text == before);
    if (id.empty()) return;
    named.id_by_name[function->name] = id;
    put(kPlaceholder + function->name);
  });
  named.text = definition.dump(2) + "\n";
  return named;
}

std::string with_original_texts(const std::string& definition, const NamedDefinition& named,
                                const std::string& partition) {
  OrderedJson json = OrderedJson::parse(definition);
  each_name(json, [&](OrderedJson& place, Names what) {
    const auto& original = what == Names::resource ? named.original_resource : named.original_name;
    const std::string text = place.get<std::string>();
    if (text == kInvoke) {
      place = fmt::format("arn:{}:states:::lambda:invoke", partition);
    } else if (const auto found = original.find(text); found != original.end()) {
      place = found->second;
    }
  });
  // One line where more would be too long (machine::generate).
  return definition.starts_with("{\n") ? json.dump(2) + "\n" : json.dump();
}

}  // namespace stepconf::templates
