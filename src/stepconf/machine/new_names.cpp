#include "stepconf/machine/new_names.h"

#include <fmt/format.h>

#include "stepconf/machine/definition.h"

namespace stepconf::machine {
namespace {

constexpr std::size_t kLongestName = 80;

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The first `most` characters (not bytes) of UTF-8 text.
std::string_view first_characters(std::string_view text, std::size_t most) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!continues_character(text[i]) && ++count > most) return text.substr(0, i);
  }
  return text;
}

}  // namespace

NewNames::NewNames(const Json& definition) {
  add(definition);
  const std::string text = definition.dump(-1, ' ', false, Json::error_handler_t::replace);
  while (text.find(prefix_ + "_") != std::string::npos) prefix_ += 'x';
}

void NewNames::add(const Json& scope) {
  for (const auto& [name, state] : states_of(scope).items()) {
    taken_.insert(name);
    for (const Json* inner : scopes_in(state)) add(*inner);
  }
}

std::string NewNames::make(std::string_view state, std::string_view role) {
  for (int number = 1;; ++number) {
    const std::string ending =
        number == 1 ? fmt::format(": {}", role) : fmt::format(": {} {}", role, number);
    std::string name(first_characters(state, kLongestName - ending.size()));
    name += ending;
    if (taken_.insert(name).second) return name;
  }
}

std::string NewNames::variable(int index) const { return fmt::format("{}_{}", prefix_, index); }

}  // namespace stepconf::machine
