#include "stepconf/wrapper/outcome.h"

#include <fmt/format.h>

#include "stepconf/base/json.h"

namespace stepconf::wrapper {
namespace {

bool is_error_document(const std::string& text) {
  const Json document = Json::parse(text, nullptr, false);
  const auto has_text = [&document](const char* name) {
    const auto member = document.find(name);
    return member != document.end() && member->is_string();
  };
  return document.is_object() && has_text("errorType") && has_text("errorMessage");
}

}  // namespace

Outcome failure(std::string type, std::string_view message) {
  const Json document{{"errorType", type}, {"errorMessage", message}};
  return {.error_type = std::move(type),
          .body = document.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

Outcome as_job_outcome(Outcome outcome) {
  if (!outcome.ok()) {
    if (is_error_document(outcome.body)) return outcome;
    return failure(std::move(outcome.error_type), outcome.body);
  }
  if (outcome.body.empty()) return {.body = "null"};
  if (Json::accept(outcome.body)) return outcome;
  return failure("StepConf.InvalidResult",
                 fmt::format("the function's result is no JSON: {:.200}", outcome.body));
}

}  // namespace stepconf::wrapper
