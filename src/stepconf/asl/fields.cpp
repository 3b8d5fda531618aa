#include "stepconf/asl/fields.h"

#include <fmt/format.h>

#include "stepconf/base/error.h"
#include "stepconf/base/suggest.h"

namespace stepconf::asl {
namespace {

std::string excerpt(const Json& value) {
  const std::string text = value.dump();
  return text.size() > 80 ? text.substr(0, 77) + "..." : text;
}

}  // namespace

void Place::refuse(std::string_view field, std::string_view why) const {
  std::string where = source;
  if (!state.empty()) where += fmt::format(": state '{}'", state);
  if (!field.empty()) where += fmt::format(": field '{}'", field);
  throw InvalidInput(fmt::format("{} {}", where, why));
}

Fields::Fields(const Json& json, const Place& place, std::string prefix)
    : json_(json), place_(place), prefix_(std::move(prefix)) {
  if (!json.is_object()) {
    const std::string name = prefix_.substr(0, prefix_.find_last_not_of('.') + 1);
    place.refuse(name, fmt::format("is {}, must be a JSON object", excerpt(json)));
  }
}

const Json* Fields::find(std::string_view name) {
  known_.emplace(name);
  const auto found = json_.find(name);
  return found == json_.end() ? nullptr : &*found;
}

const Json& Fields::require(std::string_view name, std::string_view what) {
  const Json* value = find(name);
  if (value == nullptr) refuse(name, fmt::format("is missing, must be {}", what));
  return *value;
}

std::optional<std::string> Fields::text(std::string_view name) {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) refuse(name, fmt::format("is {}, must be a string", excerpt(*value)));
  return value->get<std::string>();
}

std::string Fields::required_text(std::string_view name) {
  require(name, "a string");
  return *text(name);
}

std::optional<bool> Fields::boolean(std::string_view name) {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_boolean()) {
    refuse(name, fmt::format("is {}, must be true or false", excerpt(*value)));
  }
  return value->get<bool>();
}

std::optional<std::int64_t> Fields::integer(std::string_view name, std::int64_t least,
                                            std::int64_t most) {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number_integer() || value->get<double>() < static_cast<double>(least) ||
      value->get<double>() > static_cast<double>(most)) {
    refuse(name,
           fmt::format("is {}, must be an integer from {} to {}", excerpt(*value), least, most));
  }
  return value->get<std::int64_t>();
}

std::optional<double> Fields::number(std::string_view name, double least, double most) {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number() || !(value->get<double>() >= least) || !(value->get<double>() <= most)) {
    refuse(name,
           fmt::format("is {}, must be a number from {} to {}", excerpt(*value), least, most));
  }
  return value->get<double>();
}

std::optional<Path> Fields::path(std::string_view name) {
  const auto value = text(name);
  if (!value) return std::nullopt;
  try {
    return Path::parse(*value);
  } catch (const InvalidInput& error) {
    refuse(name, fmt::format("is wrong: {}", error.what()));
  }
}

std::optional<Path> Fields::reference_path(std::string_view name) {
  auto path = this->path(name);
  if (path && !path->is_reference()) {
    refuse(name, fmt::format("is '{}', must be a Reference Path, which names a single node: "
                             "no *, .., slices or lists of indices",
                             path->text()));
  }
  return path;
}

void Fields::unsupported(std::string_view name, std::string_view remedy) {
  if (find(name) != nullptr) refuse(name, fmt::format("is not supported; {}", remedy));
}

void Fields::finish() const {
  for (const auto& [name, value] : json_.items()) {
    if (known_.contains(name)) continue;
    const std::vector<std::string_view> known(known_.begin(), known_.end());
    const std::string meant = nearest(name, known);
    refuse(name, meant.empty() ? "is unknown here"
                               : fmt::format("is unknown here; did you mean '{}'?", meant));
  }
}

void Fields::refuse(std::string_view name, std::string_view why) const {
  place_.refuse(label(name), why);
}

}  // namespace stepconf::asl
