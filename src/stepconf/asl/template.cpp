#include "stepconf/asl/template.h"

#include <fmt/format.h>

#include "stepconf/asl/failure.h"
#include "stepconf/asl/payload.h"
#include "stepconf/base/error.h"

namespace stepconf::asl {
namespace {

bool is_dynamic(const std::string& name) { return name.ends_with(".$"); }

}  // namespace

Template Template::parse(const Json& json) {
  Template result;
  bool literal = true;
  if (json.is_object()) {
    std::vector<Member> members;
    for (const auto& [name, value] : json.items()) {
      if (!is_dynamic(name)) {
        members.emplace_back(name, parse(value));
        literal = literal && std::holds_alternative<Json>(members.back().second.content_);
        continue;
      }
      literal = false;
      const std::string target = name.substr(0, name.size() - 2);
      if (json.contains(target)) {
        throw InvalidInput(fmt::format("'{}' and '{}' name the same member", target, name));
      }
      if (!value.is_string()) {
        throw InvalidInput(fmt::format(
            "the value of '{}' is {}, must be a string: a path or a call of an intrinsic function",
            name, value.dump().substr(0, 80)));
      }
      const auto& text = value.get_ref<const std::string&>();
      Template member;
      try {
        if (text.starts_with("States.")) {
          member.content_ = Intrinsic::parse(text);
        } else {
          member.content_ = Path::parse(text);
        }
      } catch (const InvalidInput& error) {
        throw InvalidInput(fmt::format("'{}': {}", name, error.what()));
      }
      members.emplace_back(target, std::move(member));
    }
    if (!literal) result.content_ = std::move(members);
  } else if (json.is_array()) {
    std::vector<Template> elements;
    elements.reserve(json.size());
    for (const Json& value : json) {
      elements.push_back(parse(value));
      literal = literal && std::holds_alternative<Json>(elements.back().content_);
    }
    if (!literal) result.content_ = std::move(elements);
  }
  if (literal) result.content_ = json;
  return result;
}

Json Template::evaluate(const Scope& scope) const {
  std::size_t bytes = 0;
  return fill(scope, bytes);
}

// `bytes` counts what was filled in so far: a template may name the same large value many times.
Json Template::fill(const Scope& scope, std::size_t& bytes) const {
  if (const auto* literal = std::get_if<Json>(&content_)) return *literal;
  if (const auto* members = std::get_if<std::vector<Member>>(&content_)) {
    Json object = Json::object();
    for (const auto& [name, member] : *members) object[name] = member.fill(scope, bytes);
    return object;
  }
  if (const auto* elements = std::get_if<std::vector<Template>>(&content_)) {
    Json array = Json::array();
    for (const Template& element : *elements) array.push_back(element.fill(scope, bytes));
    return array;
  }
  Json value;
  if (const auto* path = std::get_if<Path>(&content_)) {
    auto found = path->find(scope);
    if (!found) {
      throw StateFailure(
          kParameterPathFailure,
          fmt::format("The JSONPath '{}' could not be found in the input.", path->text()));
    }
    value = std::move(*found);
  } else {
    value = std::get<Intrinsic>(content_).evaluate(scope);
  }
  bytes += payload_bytes(value);
  if (bytes > kMostPayloadBytes) {
    throw StateFailure(
        kDataLimitExceeded,
        fmt::format("The payload template's values are larger than {} bytes.", kMostPayloadBytes));
  }
  return value;
}

std::vector<Path> Template::paths() const {
  std::vector<Path> paths;
  add_paths(paths);
  return paths;
}

void Template::add_paths(std::vector<Path>& paths) const {
  if (const auto* path = std::get_if<Path>(&content_)) {
    paths.push_back(*path);
  } else if (const auto* call = std::get_if<Intrinsic>(&content_)) {
    call->add_paths(paths);
  } else if (const auto* members = std::get_if<std::vector<Member>>(&content_)) {
    for (const auto& [name, member] : *members) member.add_paths(paths);
  } else if (const auto* elements = std::get_if<std::vector<Template>>(&content_)) {
    for (const Template& element : *elements) element.add_paths(paths);
  }
}

}  // namespace stepconf::asl
