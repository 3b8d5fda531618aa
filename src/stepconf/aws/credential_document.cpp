#include <fmt/chrono.h>
#include <fmt/format.h>
#include <time.h>

#include "stepconf/aws/credential_sources.h"
#include "stepconf/base/error.h"
#include "stepconf/base/json.h"

namespace stepconf::aws {
namespace {

std::string text_member(const Json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_string() ? member->get<std::string>() : "";
}

}  // namespace

std::optional<Time> parse_time(const std::string& text) {
  std::tm parts{};
  if (::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) == nullptr) return std::nullopt;
  return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

std::string format_time(Time time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
}

Json secret_object(const std::string& document, const std::string& source) {
  try {
    Json object = parse_json(document, source);
    if (object.is_object()) return object;
  } catch (const InvalidInput&) {  // NOLINT(bugprone-empty-catch)
    // Its message quotes the document.
  }
  throw Error(source + " is no JSON object");
}

Credentials read_credentials(const std::string& document) {
  const Json answer = secret_object(document, "the answer");
  Credentials found{.access_key_id = text_member(answer, "AccessKeyId"),
                    .secret_access_key = text_member(answer, "SecretAccessKey"),
                    .session_token = text_member(answer, "Token"),
                    .expires = parse_time(text_member(answer, "Expiration"))};
  if (found.session_token.empty()) found.session_token = text_member(answer, "SessionToken");
  if (found.access_key_id.empty() || found.secret_access_key.empty()) {
    throw Error("the answer has no AccessKeyId and SecretAccessKey");
  }
  return found;
}

}  // namespace stepconf::aws
