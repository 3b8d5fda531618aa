#include "stepconf/estimator/json_fields.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <vector>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"

namespace stepconf::estimator {

JsonFields::JsonFields(const Json& value, std::string path, const std::string& source)
    : value_(value), path_(std::move(path)), source_(source) {
  if (!value.is_object()) {
    throw InvalidInput(
        fmt::format("{}: {}: is {}, must be an object", source, path_, value.type_name()));
  }
}

bool JsonFields::has(const std::string& name) {
  known_.insert(name);
  return value_.contains(name);
}

const Json& JsonFields::any(const std::string& name) {
  if (!has(name)) fail(name, "is missing");
  return value_.at(name);
}

double JsonFields::number(const std::string& name, double lower, double upper) {
  const Json& member = any(name);
  if (!member.is_number()) fail(name, fmt::format("is {}, must be a number", member.type_name()));
  const double value = member.get<double>();
  if (!std::isfinite(value)) fail(name, "must be a finite number");
  if (value < lower) fail(name, fmt::format("is {}, must be at least {}", value, lower));
  if (value > upper) fail(name, fmt::format("is {}, must be at most {}", value, upper));
  return value;
}

int JsonFields::whole(const std::string& name, int lower) {
  const double value = number(name, lower, std::numeric_limits<int>::max());
  if (value != std::floor(value)) fail(name, fmt::format("is {}, must be a whole number", value));
  return static_cast<int>(value);
}

bool JsonFields::boolean(const std::string& name) {
  const Json& member = any(name);
  if (!member.is_boolean())
    fail(name, fmt::format("is {}, must be true or false", member.type_name()));
  return member.get<bool>();
}

std::string JsonFields::text(const std::string& name) {
  const Json& member = any(name);
  if (!member.is_string()) fail(name, fmt::format("is {}, must be a string", member.type_name()));
  return member.get<std::string>();
}

const Json& JsonFields::array(const std::string& name) {
  const Json& member = any(name);
  if (!member.is_array()) fail(name, fmt::format("is {}, must be an array", member.type_name()));
  return member;
}

JsonFields JsonFields::object(const std::string& name) { return {any(name), path(name), source_}; }

void JsonFields::done() const {
  for (const auto& [name, member] : value_.items()) {
    if (known_.contains(name)) continue;
    const std::vector<std::string_view> known(known_.begin(), known_.end());
    const std::string guess = nearest(name, known);
    fail(name, guess.empty() ? "is not a known field"
                             : fmt::format("is not a known field, is \"{}\" meant?", guess));
  }
}

void JsonFields::fail(const std::string& name, const std::string& what) const {
  throw InvalidInput(fmt::format("{}: {} {}", source_, path(name), what));
}

std::string JsonFields::path(const std::string& name) const { return path_ + "." + name; }

}  // namespace stepconf::estimator
