#include "stepconf/asl/lambda_arn.h"

#include <algorithm>
#include <cctype>
#include <span>
#include <vector>

namespace stepconf::asl {
namespace {

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto colon = text.find(':');
    parts.push_back(text.substr(0, colon));
    if (colon == std::string_view::npos || parts.size() > 8) return parts;
    text.remove_prefix(colon + 1);
  }
}

bool is_word(std::string_view text, std::string_view others, std::size_t longest) {
  return !text.empty() && text.size() <= longest && std::ranges::all_of(text, [others](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || others.find(c) != others.npos;
  });
}

// NAME[:QUALIFIER]
std::optional<LambdaFunction> parse_name(std::span<const std::string_view> parts) {
  if (parts.empty() || parts.size() > 2 || !is_word(parts[0], "-_", 64)) return std::nullopt;
  if (parts.size() == 2 && !is_word(parts[1], "-_$", 128)) return std::nullopt;
  return LambdaFunction{std::string(parts[0]),
                        parts.size() == 2 ? std::string(parts[1]) : std::string()};
}

bool is_account(std::string_view text) {
  return text.size() == 12 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<LambdaFunction> parse_lambda_arn(std::string_view text) {
  const auto parts = split(text);
  const bool right = parts.size() >= 7 && parts[0] == "arn" && parts[1].starts_with("aws") &&
                     parts[2] == "lambda" && is_word(parts[3], "-", 32) && is_account(parts[4]) &&
                     parts[5] == "function";
  return right ? parse_name(std::span(parts).subspan(6)) : std::nullopt;
}

std::optional<LambdaFunction> parse_function_name(std::string_view text) {
  if (text.starts_with("arn:")) return parse_lambda_arn(text);
  const auto parts = split(text);
  if (parts.size() >= 3 && is_account(parts[0]) && parts[1] == "function") {
    return parse_name(std::span(parts).subspan(2));
  }
  return parse_name(parts);
}

}  // namespace stepconf::asl
