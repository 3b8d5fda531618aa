#include "stepconf/wrapper/outcome.h"

#include <fmt/format.h>

#include <optional>

#include "stepconf/base/json.h"

namespace stepconf::wrapper {
namespace {

/// Gives the error's type as the document names it; absent where it is no error document.
std::optional<std::string> documented_type(const std::string& text) {
  const Json document = Json::parse(text, nullptr, false);
  if (!document.is_object()) return std::nullopt;
  const auto type = document.find("errorType");
  const auto message = document.find("errorMessage");
  if (type == document.end() || !type->is_string()) return std::nullopt;
  if (message == document.end() || !message->is_string()) return std::nullopt;
  return type->get<std::string>();
}

}  // namespace

Outcome failure(std::string type, std::string_view message) {
  const Json document{{"errorType", type}, {"errorMessage", message}};
  return {.error_type = std::move(type),
          .body = document.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

Outcome unavailable(std::string_view reason) {
  return failure("StepConf.ObjectUnavailable", reason);
}

Outcome as_job_outcome(Outcome outcome) {
  if (!outcome.ok()) {
    if (auto type = documented_type(outcome.body)) {
      // Step Functions goes by the document, where that and the header differ.
      if (!type->empty()) outcome.error_type = *std::move(type);
      return outcome;
    }
    return failure(std::move(outcome.error_type), outcome.body);
  }
  if (outcome.body.empty()) return {.body = "null"};
  if (Json::accept(outcome.body)) return outcome;
  return failure("StepConf.InvalidResult",
                 fmt::format("the function's result is no JSON: {:.200}", outcome.body));
}

}  // namespace stepconf::wrapper
