#include "stepconf/machine/jsonata.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace stepconf::machine {
namespace {

constexpr std::string_view kOpen = "{%";
constexpr std::string_view kClose = "%}";
constexpr std::string_view kStatesVariable = "$states";

constexpr std::string_view kInIdentifier =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

bool begins_identifier(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool in_identifier(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

bool is_identifier(std::string_view name) {
  constexpr std::string_view kWords[] = {"and", "or", "in", "true", "false", "null", "function"};
  return !name.empty() && begins_identifier(name[0]) && std::ranges::all_of(name, in_identifier) &&
         std::ranges::find(kWords, name) == std::end(kWords);
}

// Where a quoted text, a quoted name or a comment that begins at `at` ends; `at` itself where none
// begins there.
std::size_t past_quoted(std::string_view text, std::size_t at) {
  const char quote = text[at];
  if (quote == '/' && text.substr(at, 2) == "/*") {
    const auto end = text.find("*/", at + 2);
    return end == std::string_view::npos ? text.size() : end + 2;
  }
  if (quote != '"' && quote != '\'' && quote != '`') return at;
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\' && quote != '`') {
      ++i;
    } else if (text[i] == quote) {
      return i + 1;
    }
  }
  return text.size();
}

enum class Slash { division, regex, unclear };

// What a slash is that stands behind `before`.
Slash slash_behind(std::string_view before) {
  const auto last = before.find_last_not_of(" \t\r\n");
  if (last == std::string_view::npos) return Slash::regex;
  before = before.substr(0, last + 1);
  const char c = before.back();
  // An operator or a wildcard; the end of a comment or of a regular expression.
  if (c == '*' || c == '%' || c == '/') return Slash::unclear;
  if (in_identifier(c)) {
    const auto begin = before.find_last_not_of(kInIdentifier);
    const auto word = before.substr(begin == std::string_view::npos ? 0 : begin + 1);
    return word == "and" || word == "or" || word == "in" ? Slash::unclear : Slash::division;
  }
  const bool ends_operand = static_cast<unsigned char>(c) >= 0x80 ||
                            std::string_view(")]}\"'`$").find(c) != std::string_view::npos;
  return ends_operand ? Slash::division : Slash::regex;
}

// Where the regular expression that begins at `at` ends; slashes within brackets do not end it.
std::size_t past_regex(std::string_view text, std::size_t at) {
  int depth = 0;
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    const char c = text[i];
    if (text[i - 1] == '\\') continue;
    if (c == '/' && depth == 0) return i + 1;
    if (c == '(' || c == '[' || c == '{') ++depth;
    if (c == ')' || c == ']' || c == '}') --depth;
  }
  return text.size();
}

// The plain names of `.a.b.c` at `at`, each with where it ends.
struct NamesWithEnds {
  std::vector<std::string> names;
  std::vector<std::size_t> ends;
};

NamesWithEnds names_at(std::string_view text, std::size_t at) {
  NamesWithEnds found;
  while (at + 1 < text.size() && text[at] == '.' && begins_identifier(text[at + 1])) {
    std::size_t end = at + 1;
    while (end < text.size() && in_identifier(text[end])) ++end;
    found.names.emplace_back(text.substr(at + 1, end - at - 1));
    found.ends.push_back(end);
    at = end;
  }
  return found;
}

bool has_expressions(const Json& value) {
  if (value.is_structured()) return std::ranges::any_of(value, has_expressions);
  return expression_in(value).has_value();
}

}  // namespace

std::string query(std::string_view expression) {
  return fmt::format("{} {} {}", kOpen, expression, kClose);
}

std::optional<std::string> expression_in(const Json& value) {
  if (!value.is_string()) return std::nullopt;
  std::string_view text = value.get_ref<const std::string&>();
  if (text.size() < 4 || !text.starts_with(kOpen) || !text.ends_with(kClose)) return std::nullopt;
  text = text.substr(2, text.size() - 4);
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return std::string();
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin));
}

bool are_plain(std::span<const std::string> names) {
  return std::ranges::all_of(names, [](const std::string& name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
      return static_cast<unsigned char>(c) >= 0x20 && c != '`' && c != '\'' && c != '"' &&
             c != '\\' && c != '%';
    });
  });
}

std::string member_of(std::string base, std::span<const std::string> names) {
  for (const std::string& name : names) {
    base += is_identifier(name) ? "." + name : ".`" + name + "`";
  }
  return base;
}

std::string with_member(const std::string& into, std::span<const std::string> names,
                        const std::string& value) {
  if (names.empty()) return value;
  const std::string inner = with_member(member_of(into, names.first(1)), names.subspan(1), value);
  return fmt::format("$merge([{}, {{'{}': {}}}])", into, names[0], inner);
}

std::optional<std::string> replace_states(std::string_view expression, const Replace& replace) {
  std::string result;
  for (std::size_t at = 0; at < expression.size();) {
    std::size_t quoted = past_quoted(expression, at);
    if (expression[at] == '/' && quoted == at) {
      const Slash slash = slash_behind(expression.substr(0, at));
      if (slash == Slash::unclear) return std::nullopt;
      if (slash == Slash::regex) quoted = past_regex(expression, at);
    }
    const bool here = quoted == at && expression.substr(at).starts_with(kStatesVariable) &&
                      (at + kStatesVariable.size() == expression.size() ||
                       !in_identifier(expression[at + kStatesVariable.size()]));
    if (!here) {
      const std::size_t end = std::max(quoted, at + 1);
      result += expression.substr(at, end - at);
      at = end;
      continue;
    }
    const NamesWithEnds found = names_at(expression, at + kStatesVariable.size());
    std::size_t used = 0;
    const auto replacement = found.names.empty() ? std::nullopt : replace(found.names, used);
    if (!replacement) return std::nullopt;
    result += *replacement;
    at = used == 0 ? at + kStatesVariable.size() : found.ends[used - 1];
  }
  return result;
}

std::optional<std::string> template_as_expression(const Json& value, const Replace& replace) {
  if (const auto expression = expression_in(value)) {
    const auto replaced = replace_states(*expression, replace);
    if (!replaced) return std::nullopt;
    return "(" + *replaced + ")";
  }
  if (!has_expressions(value)) return value.dump();
  if (value.is_array()) return std::nullopt;
  std::string members;
  for (const auto& [name, part] : value.items()) {
    const auto expression = template_as_expression(part, replace);
    if (!expression) return std::nullopt;
    members += fmt::format("{}{}: {}", members.empty() ? "" : ", ", Json(name).dump(), *expression);
  }
  return "{" + members + "}";
}

bool is_path(std::string_view expression) {
  if (!expression.starts_with(kStatesVariable)) return false;
  const NamesWithEnds names = names_at(expression, kStatesVariable.size());
  return !names.ends.empty() && names.ends.back() == expression.size();
}

std::optional<OrderedJson> replace_in_template(const OrderedJson& value, const Replace& replace) {
  if (value.is_structured()) {
    OrderedJson result = value;
    for (auto& part : result) {
      auto replaced = replace_in_template(part, replace);
      if (!replaced) return std::nullopt;
      part = std::move(*replaced);
    }
    return result;
  }
  const auto expression = expression_in(Json(value));
  if (!expression) return value;
  const auto replaced = replace_states(*expression, replace);
  if (!replaced) return std::nullopt;
  return OrderedJson(query(*replaced));
}

bool uses_states(const Json& value, std::string_view name) {
  if (value.is_structured()) {
    return std::ranges::any_of(value, [&](const Json& part) { return uses_states(part, name); });
  }
  const auto expression = expression_in(value);
  if (!expression) return false;
  bool found = false;
  const auto look = [&](std::span<const std::string> names, std::size_t&) {
    found = found || names[0] == name;
    return std::optional<std::string>(kStatesVariable);
  };
  return !replace_states(*expression, look) || found;
}

}  // namespace stepconf::machine
