#include "stepconf/platform/lambda/invocation_outcome.h"

#include <algorithm>
#include <cmath>

#include "stepconf/base/json.h"
#include "stepconf/platform/lambda/invocation_report.h"
#include "stepconf/platform/service_errors.h"

namespace stepconf::platform {
namespace {

std::string text_in(const Json& object, const char* name) {
  if (!object.is_object()) return "";
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// An answer that is not even JSON describes itself.
Json parsed(const std::string& document) {
  return Json::parse(document, nullptr, /*allow_exceptions=*/false);
}

Seconds whole_milliseconds(Seconds time) { return Seconds(std::ceil(time.count() * 1e3) / 1e3); }

}  // namespace

std::string service_status(const Error& error) {
  const auto* refusal = dynamic_cast<const aws::ServiceError*>(&error);
  if (refusal == nullptr) return "SdkClientException";
  if (is_service_error(refusal->code())) return refusal->code();
  if (aws::throttled(*refusal)) return "TooManyRequestsException";
  return "AWSLambdaException";
}

std::string function_status(const std::string& document) {
  const std::string type = text_in(parsed(document), "errorType");
  return type.empty() ? "Lambda.Unknown" : type;
}

bool fill_in(const services::LambdaInvocation& answer, Completion& completion) {
  completion.payload = answer.payload;
  if (!answer.function_error.empty()) {
    completion.status = function_status(answer.payload);
    completion.error_message = text_in(parsed(answer.payload), "errorMessage");
  }
  const auto report = last_report(answer.log_tail);
  const Seconds whole = completion.ended - completion.dispatched;
  if (!report) {
    completion.started = completion.dispatched;
    completion.billed = whole_milliseconds(whole);
    return false;
  }
  completion.started = completion.ended - std::min(report->duration, whole);
  completion.billed = whole_milliseconds(report->billed);
  completion.cold = report->init.has_value();
  completion.init = report->init.value_or(Seconds{0});
  completion.max_memory_mb = report->max_memory_mb;
  return true;
}

void fill_in(const Error& error, Completion& completion) {
  completion.status = service_status(error);
  completion.error_message = error.what();
  completion.payload =
      Json({{"errorType", completion.status}, {"errorMessage", completion.error_message}})
          .dump(-1, ' ', false, Json::error_handler_t::replace);
  completion.started = completion.ended;
}

}  // namespace stepconf::platform
