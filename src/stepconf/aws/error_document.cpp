#include "stepconf/aws/error_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "stepconf/base/json.h"

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

struct CodeAndMessage {
  std::string code;
  std::string message;
};

// "aws.service#NameException:http://internal.amazon.com/..." is NameException.
std::string plain_code(std::string code) {
  code.erase(std::min(code.find(':'), code.size()));
  return code.substr(code.find('#') + 1);
}

// The first of these members that is text.
std::string first_text(const Json& object, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto member = object.find(name);
    if (member != object.end() && member->is_string()) return member->get<std::string>();
  }
  return "";
}

std::optional<CodeAndMessage> in_json(const net::Response& response) {
  const auto header = response.headers.get("x-amzn-errortype");
  Json document = Json::object();
  try {
    if (response.body.starts_with('{')) document = parse_json(response.body, "the answer");
  } catch (const InvalidInput&) {  // NOLINT(bugprone-empty-catch)
    // Then the header says it, or nothing does.
  }
  if (!header && document.empty()) return std::nullopt;
  return CodeAndMessage{
      .code = plain_code(header.value_or(first_text(document, {"__type", "code", "Code"}))),
      .message = first_text(document, {"message", "Message", "errorMessage", "error_description"})};
}

CodeAndMessage in_xml(const net::Response& response) {
  return {.code = xml_text(response.body, "Code").value_or(""),
          .message = xml_text(response.body, "Message").value_or("")};
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
  const CodeAndMessage said = in_json(response).value_or(in_xml(response));
  const std::string code = said.code.substr(0, kLongestMessage);
  std::string text = fmt::format("status {}", response.status);
  if (!code.empty()) text += ", " + code;
  if (!said.message.empty()) text += ": " + said.message.substr(0, kLongestMessage);
  if (const auto region = response.headers.get("x-amz-bucket-region")) {
    text += fmt::format(" (the bucket is in {})", *region);
  }
  ServiceError error(response.status, code, text);
  error.document_ = response.body;
  error.wait_ = retry_after(response);
  return error;
}

// As AWS's SDKs (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
bool throttled(const ServiceError& error) {
  constexpr std::array<std::string_view, 12> kCodes = {"Throttling",
                                                       "ThrottlingException",
                                                       "ThrottledException",
                                                       "RequestThrottledException",
                                                       "RequestThrottled",
                                                       "TooManyRequestsException",
                                                       "ProvisionedThroughputExceededException",
                                                       "RequestLimitExceeded",
                                                       "BandwidthLimitExceeded",
                                                       "PriorRequestNotComplete",
                                                       "EC2ThrottledException",
                                                       "SlowDown"};
  return error.status() == 429 || std::ranges::find(kCodes, error.code()) != kCodes.end();
}

bool denied(const ServiceError& error) {
  constexpr std::array<std::string_view, 6> kCodes = {
      "AccessDenied",          "AccessDeniedException", "UnauthorizedOperation",
      "UnauthorizedException", "AuthorizationError",    "NotAuthorized"};
  return std::ranges::find(kCodes, error.code()) != kCodes.end() ||
         (error.status() == 403 && error.code().empty());
}

bool expired(const ServiceError& error) {
  return error.code() == "ExpiredToken" || error.code() == "ExpiredTokenException";
}

bool passes_by(const ServiceError& error) {
  constexpr std::array<int, 4> kStatuses = {500, 502, 503, 504};
  constexpr std::array<std::string_view, 11> kCodes = {
      "RequestTimeout",     "RequestTimeoutException",       "InternalError",
      "InternalFailure",    "InternalServerError",           "InternalServerException",
      "ServiceUnavailable", "ServiceUnavailableException",   "ServiceException",
      "OperationAborted",   "TransactionInProgressException"};
  return throttled(error) || std::ranges::find(kStatuses, error.status()) != kStatuses.end() ||
         std::ranges::find(kCodes, error.code()) != kCodes.end();
}

Seconds retry_after(const net::Response& response) {
  constexpr int kLongest = 60;
  const std::string text = response.headers.get("retry-after").value_or("");
  int seconds = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  // A date, which the standard allows too, no service of AWS sends.
  if (problem != std::errc() || end != text.data() + text.size() || seconds < 0) {
    return Seconds{0};
  }
  return Seconds(std::min(seconds, kLongest));
}

}  // namespace stepconf::aws
