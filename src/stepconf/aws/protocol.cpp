#include "stepconf/aws/protocol.h"

#include <fmt/format.h>

#include <utility>

#include "stepconf/aws/signature.h"
#include "stepconf/base/error.h"

namespace stepconf::aws {
namespace {

std::string form(const Parameters& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters) {
    if (!text.empty()) text += '&';
    text += percent_encode(name) + '=' + percent_encode(value);
  }
  return text;
}

// What is no UTF-8 cannot be sent; U+FFFD stands for it, and the service refuses it where it
// matters.
std::string text_of(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

net::Request json_request(std::string_view target, std::string_view version, const Json& body) {
  net::Request request{.method = "POST", .body = text_of(body)};
  request.headers.set("Content-Type", fmt::format("application/x-amz-json-{}", version));
  request.headers.set("X-Amz-Target", std::string(target));
  return request;
}

net::Request rest_request(std::string method, std::string_view path, const Parameters& query,
                          const Json& body) {
  net::Request request{.method = std::move(method), .target = std::string(path)};
  if (!query.empty()) request.target += '?' + form(query);
  if (!body.is_null()) {
    request.body = text_of(body);
    request.headers.set("Content-Type", "application/json");
  }
  return request;
}

std::string path_segment(std::string_view text) { return percent_encode(text); }

net::Request query_request(std::string_view action, std::string_view version,
                           const Parameters& parameters) {
  Parameters all = parameters;
  all["Action"] = action;
  all["Version"] = version;
  net::Request request{.method = "POST", .body = form(all)};
  request.headers.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  return request;
}

Json json_answer(const net::Response& response, std::string_view action) {
  if (response.body.empty()) return Json::object();
  try {
    Json answer = parse_json(response.body, fmt::format("{}'s answer", action));
    if (answer.is_object()) return answer;
  } catch (const InvalidInput& error) {
    throw Error(error.what());
  }
  throw Error(fmt::format("{}'s answer is no JSON object", action));
}

}  // namespace stepconf::aws
