#include "stepconf/templates/value.h"

#include <algorithm>
#include <array>

namespace stepconf::templates {
namespace {

constexpr std::string_view kFunction = "Fn::";

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

// "Sub" of "Fn::Sub"; "Ref" and "Condition" are their own. Empty: no intrinsic. Names such as
// Fn::ForEach::Topics are of loops, whose arguments are no values.
std::string function_name(std::string_view member) {
  if (member == "Ref" || member == "Condition") return std::string(member);
  if (!member.starts_with(kFunction)) return {};
  member.remove_prefix(kFunction.size());
  return member.find(':') == member.npos ? std::string(member) : std::string();
}

std::string member_name(std::string_view function) {
  if (function == "Ref" || function == "Condition") return std::string(function);
  return std::string(kFunction) + std::string(function);
}

OrderedJson plain_json(const std::string& scalar) {
  if (is_one_of(scalar, {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})) {
    return true;
  }
  if (is_one_of(scalar, {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})) {
    return false;
  }
  const OrderedJson read = OrderedJson::parse(scalar, nullptr, false);
  return read.is_number() ? read : OrderedJson(scalar);
}

OrderedJson untagged_json(const Value& value) {
  switch (value.kind) {
    case Value::Kind::null:
      break;
    case Value::Kind::plain:
      return plain_json(value.scalar);
    case Value::Kind::text:
      return value.scalar;
    case Value::Kind::sequence: {
      OrderedJson array = OrderedJson::array();
      for (const Value& element : value.elements) array.push_back(json_of(element));
      return array;
    }
    case Value::Kind::mapping: {
      OrderedJson object = OrderedJson::object();
      for (const auto& [name, member] : value.members) object[name] = json_of(member);
      return object;
    }
  }
  return nullptr;
}

}  // namespace

const Value* Value::find(std::string_view name) const {
  const auto found = std::ranges::find(members, name, &Member::first);
  return found == members.end() ? nullptr : &found->second;
}

Value* Value::find(std::string_view name) {
  const auto found = std::ranges::find(members, name, &Member::first);
  return found == members.end() ? nullptr : &found->second;
}

Value& Value::member(std::string_view name) {
  if (Value* found = find(name)) return *found;
  kind = Kind::mapping;
  return members.emplace_back(std::string(name), Value()).second;
}

void Value::erase(std::string_view name) {
  std::erase_if(members, [name](const Member& member) { return member.first == name; });
}

Value text_value(std::string text) {
  return {.kind = Value::Kind::text, .scalar = std::move(text)};
}

Value value_of(const OrderedJson& json) {
  Value value;
  if (json.is_string()) return text_value(json.get<std::string>());
  if (json.is_boolean() || json.is_number()) {
    return {.kind = Value::Kind::plain, .scalar = json.dump()};
  }
  if (json.is_array()) {
    value.kind = Value::Kind::sequence;
    for (const OrderedJson& element : json) value.elements.push_back(value_of(element));
  }
  if (json.is_object()) {
    value.kind = Value::Kind::mapping;
    for (const auto& [name, member] : json.items()) {
      value.members.emplace_back(name, value_of(member));
    }
    if (value.members.size() != 1) return value;
    const std::string function = function_name(value.members[0].first);
    // One tag a value: what has one already, or is a Condition of a policy, stays as it is.
    if (function.empty() || function == "Condition" || !value.members[0].second.tag.empty()) {
      return value;
    }
    Value argument = std::move(value.members[0].second);
    const std::vector<Value>& parts = argument.elements;
    if (function == "GetAtt" && parts.size() == 2 && parts[0].is_scalar() && parts[1].is_scalar()) {
      argument = text_value(parts[0].scalar + "." + parts[1].scalar);
    }
    argument.tag = "!" + function;
    return argument;
  }
  return value;
}

OrderedJson reference_to(const std::string& id) { return {{"Ref", id}}; }

OrderedJson arn_of(const std::string& id) {
  return {{"Fn::GetAtt", OrderedJson::array({id, "Arn"})}};
}

OrderedJson json_of(const Value& value) {
  if (value.tag.size() < 2) return untagged_json(value);
  const std::string function = value.tag.substr(1);
  OrderedJson argument = untagged_json(value);
  if (function == "Ref" || function == "Condition" || function == "Sub") {
    if (value.is_scalar()) argument = value.scalar;
  }
  if (function == "GetAtt" && value.is_scalar()) {
    const auto dot = value.scalar.find('.');
    argument = OrderedJson::array({value.scalar.substr(0, dot)});
    if (dot != std::string::npos) argument.push_back(value.scalar.substr(dot + 1));
  }
  OrderedJson object = OrderedJson::object();
  object[member_name(function)] = std::move(argument);
  return object;
}

Intrinsic intrinsic_of(const Value& value) {
  if (value.tag.size() > 1) return {value.tag.substr(1), &value};
  if (value.members.size() != 1) return {};
  std::string function = function_name(value.members[0].first);
  if (function.empty()) return {};
  return {std::move(function), &value.members[0].second};
}

std::pair<std::string, std::string> attribute_of(const Intrinsic& get_att) {
  if (get_att.name != "GetAtt") return {};
  const Value& argument = *get_att.argument;
  if (argument.is_scalar()) {
    const auto dot = argument.scalar.find('.');
    if (dot == std::string::npos) return {};
    return {argument.scalar.substr(0, dot), argument.scalar.substr(dot + 1)};
  }
  const std::vector<Value>& parts = argument.elements;
  if (parts.size() != 2 || !parts[0].is_scalar() || !parts[1].is_scalar()) return {};
  return {parts[0].scalar, parts[1].scalar};
}

}  // namespace stepconf::templates
