#include "stepconf/templates/template.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "stepconf/base/error.h"

namespace stepconf::templates {
namespace {

constexpr std::string_view kServerless = "AWS::Serverless-2016-10-31";

const Value* follow(const Value* value, std::initializer_list<std::string_view> path) {
  for (const std::string_view name : path) {
    if (value == nullptr) return nullptr;
    value = value->find(name);
  }
  return value;
}

std::string joined(std::initializer_list<std::string_view> path) {
  std::string text = "Properties";
  for (const std::string_view name : path) text += "." + std::string(name);
  return text;
}

bool ignores(const Value* ignored, std::string_view property) {
  if (ignored == nullptr) return false;
  if (ignored->is_scalar()) return ignored->scalar == "*" || ignored->scalar == property;
  return std::ranges::any_of(ignored->elements,
                             [&](const Value& element) { return element.scalar == property; });
}

}  // namespace

Template::Template(Value root, std::string source)
    : root_(std::move(root)), source_(std::move(source)) {
  const Value* resources = root_.find("Resources");
  if (resources == nullptr || !resources->is_mapping()) {
    throw InvalidInput(fmt::format(
        "{}: is no CloudFormation template, must be a mapping with Resources", source_));
  }
  for (const auto& [id, resource] : resources->members) {
    if (id.starts_with("Fn::")) {
      fail(&resource, id, "", "loops over resources are not supported; write them out");
    }
    const Value* type = resource.find("Type");
    if (type == nullptr || !type->is_scalar()) {
      fail(&resource, id, "Type", "is missing, must be a text such as AWS::Lambda::Function");
    }
  }
}

bool Template::is_serverless() const {
  const Value* transform = root_.find("Transform");
  if (transform == nullptr) return false;
  if (transform->is_scalar()) return transform->scalar == kServerless;
  return std::ranges::any_of(transform->elements,
                             [](const Value& element) { return element.scalar == kServerless; });
}

ResourceKind Template::kind_of(std::string_view id) const {
  const std::string& type = resource(id)->find("Type")->scalar;
  if (type == "AWS::Lambda::Function") return ResourceKind::function;
  if (type == "AWS::Serverless::Function") return ResourceKind::serverless_function;
  if (type == "AWS::StepFunctions::StateMachine") return ResourceKind::machine;
  if (type == "AWS::Serverless::StateMachine") return ResourceKind::serverless_machine;
  return ResourceKind::other;
}

std::vector<std::string> Template::ids_of(ResourceKind one, ResourceKind other) const {
  std::vector<std::string> ids;
  for (const auto& member : resources().members) {
    const ResourceKind kind = kind_of(member.first);
    if (kind == one || kind == other) ids.push_back(member.first);
  }
  return ids;
}

const Value* Template::own_property(std::string_view id,
                                    std::initializer_list<std::string_view> path) const {
  return follow(follow(resource(id), {"Properties"}), path);
}

const Value* Template::global_property(std::string_view id,
                                       std::initializer_list<std::string_view> path) const {
  if (path.size() == 0 || kind_of(id) != ResourceKind::serverless_function) return nullptr;
  if (ignores(resource(id)->find("IgnoreGlobals"), *path.begin())) return nullptr;
  return follow(follow(&root_, {"Globals", "Function"}), path);
}

const Value* Template::property(std::string_view id,
                                std::initializer_list<std::string_view> path) const {
  const Value* own = own_property(id, path);
  return own != nullptr ? own : global_property(id, path);
}

std::optional<std::string> Template::known_text(const Value& value) const {
  const Intrinsic intrinsic = intrinsic_of(value);
  if (!intrinsic) return value.is_scalar() ? std::optional(value.scalar) : std::nullopt;
  if (intrinsic.name != "Ref" || !intrinsic.argument->is_scalar()) return std::nullopt;
  const Value* standing =
      follow(&root_, {"Parameters", intrinsic.argument->scalar, std::string_view("Default")});
  if (standing == nullptr || !standing->is_scalar()) return std::nullopt;
  return standing->scalar;
}

std::optional<std::string> Template::known_text(
    std::string_view id, std::initializer_list<std::string_view> path) const {
  const Value* value = property(id, path);
  if (value == nullptr) return std::nullopt;
  auto text = known_text(*value);
  if (!text) {
    fail(value, id, joined(path),
         "must be a plain value or a Ref to a parameter with a default, for what is written "
         "depends on it");
  }
  return text;
}

void Template::fail(const Value* at, std::string_view id, std::string_view field,
                    const std::string& what) const {
  const std::string place =
      at != nullptr && at->line > 0 ? fmt::format("{}:{}", source_, at->line) : source_;
  throw InvalidInput(
      fmt::format("{}: Resources.{}{}{}: {}", place, id, field.empty() ? "" : ".", field, what));
}

std::string Template::free_id(const std::string& wanted) const {
  const auto is_taken = [&](const std::string& id) {
    return std::ranges::any_of(
        std::initializer_list<const char*>{"Resources", "Parameters", "Conditions", "Outputs"},
        [&](const char* section) { return follow(&root_, {section, id}) != nullptr; });
  };
  std::string id = wanted;
  for (int number = 2; is_taken(id); ++number) id = fmt::format("{}x{}", wanted, number);
  return id;
}

std::string as_logical_id(std::string_view text) {
  std::string id;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c))) id += c;
  }
  return id;
}

}  // namespace stepconf::templates
