#include "stepconf/aws/error_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace stepconf::aws {
namespace {

// More would only fill logs.
constexpr std::size_t kLongestMessage = 500;

std::string resolved(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 6> kEntities = {{{"&lt;", '<'},
                                                                           {"&gt;", '>'},
                                                                           {"&quot;", '"'},
                                                                           {"&#34;", '"'},
                                                                           {"&apos;", '\''},
                                                                           {"&amp;", '&'}}};
  std::string result;
  while (!text.empty()) {
    const auto* entity = std::ranges::find_if(
        kEntities, [text](const auto& known) { return text.starts_with(known.first); });
    result += entity == kEntities.end() ? text.front() : entity->second;
    text.remove_prefix(entity == kEntities.end() ? 1 : entity->first.size());
  }
  return result;
}

}  // namespace

std::optional<std::string> xml_text(std::string_view document, std::string_view name) {
  const std::string opening = fmt::format("<{}>", name);
  const auto begin = document.find(opening);
  if (begin == std::string_view::npos) return std::nullopt;
  document.remove_prefix(begin + opening.size());
  const auto end = document.find('<');
  if (end == std::string_view::npos ||
      !document.substr(end).starts_with(fmt::format("</{}>", name))) {
    return std::nullopt;
  }
  return resolved(document.substr(0, end));
}

ServiceError service_error(const net::Response& response) {
  const std::string code = xml_text(response.body, "Code").value_or("").substr(0, kLongestMessage);
  const std::string message =
      xml_text(response.body, "Message").value_or("").substr(0, kLongestMessage);
  std::string text = fmt::format("status {}", response.status);
  if (!code.empty()) text += ", " + code;
  if (!message.empty()) text += ": " + message;
  if (const auto region = response.headers.get("x-amz-bucket-region")) {
    text += fmt::format(" (the bucket is in {})", *region);
  }
  return {response.status, code, text};
}

bool passes_by(const ServiceError& error) {
  constexpr std::array<int, 5> kStatuses = {429, 500, 502, 503, 504};
  constexpr std::array<std::string_view, 6> kCodes = {"SlowDown",      "RequestTimeout",
                                                      "InternalError", "ServiceUnavailable",
                                                      "Throttling",    "OperationAborted"};
  return std::ranges::find(kStatuses, error.status()) != kStatuses.end() ||
         std::ranges::find(kCodes, error.code()) != kCodes.end();
}

}  // namespace stepconf::aws
