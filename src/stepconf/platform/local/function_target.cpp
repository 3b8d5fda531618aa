#include "stepconf/platform/local/function_target.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "stepconf/net/http.h"

namespace stepconf::platform {

namespace {

constexpr std::string_view kLatest = "$LATEST";
constexpr std::string_view kAlias = "mem-";

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// Whole and without a sign, as versions and sizes are.
std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 1) return std::nullopt;
  return value;
}

}  // namespace

std::optional<InvokeTarget> parse_invoke_target(std::string_view encoded_name,
                                                std::string_view query) {
  std::vector<std::string> parts = split(net::percent_decode(encoded_name), ':');
  // arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]
  if (parts.size() >= 7 && parts[0] == "arn" && parts[2] == "lambda" && parts[5] == "function") {
    parts.erase(parts.begin(), parts.begin() + 6);
  } else if (parts.size() >= 3 && parts[1] == "function") {
    parts.erase(parts.begin(), parts.begin() + 2);
  }
  if (parts.size() > 2 || parts.front().empty()) return std::nullopt;
  InvokeTarget target{parts.front(), parts.size() == 2 ? parts.back() : ""};
  if (parts.size() == 2 && target.qualifier.empty()) return std::nullopt;
  if (const auto given = query_parameter(query, "Qualifier")) {
    if (!target.qualifier.empty() && *given != target.qualifier) return std::nullopt;
    target.qualifier = *given;
  }
  return target;
}

std::optional<std::string> query_parameter(std::string_view query, std::string_view name) {
  for (const std::string& parameter : split(query, '&')) {
    const auto equals = std::min(parameter.find('='), parameter.size());
    if (parameter.compare(0, equals, name) != 0) continue;
    return net::percent_decode(
        std::string_view(parameter).substr(std::min(equals + 1, parameter.size())));
  }
  return std::nullopt;
}

std::optional<FunctionVersion> find_version(const LocalPlatformOptions& options,
                                            const InvokeTarget& target) {
  const auto function = options.functions.find(target.function);
  if (function == options.functions.end()) return std::nullopt;
  const auto sizes = memory_sizes_of(options, function->second);
  if (sizes.empty()) return std::nullopt;
  const std::string_view qualifier = target.qualifier;
  if (qualifier.empty() || qualifier == kLatest) {
    return FunctionVersion{sizes.front(), std::string(kLatest)};
  }
  auto found = sizes.end();
  if (qualifier.starts_with(kAlias)) {
    const MemoryMb memory{number(qualifier.substr(kAlias.size())).value_or(0)};
    found = std::ranges::find(sizes, memory);
  } else if (const auto version = number(qualifier);
             version && std::cmp_less_equal(*version, sizes.size())) {
    found = sizes.begin() + (*version - 1);
  }
  if (found == sizes.end()) return std::nullopt;
  return FunctionVersion{*found, std::to_string(found - sizes.begin() + 1)};
}

}  // namespace stepconf::platform
