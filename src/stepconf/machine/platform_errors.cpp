#include "stepconf/machine/platform_errors.h"

#include <algorithm>
#include <array>

namespace stepconf::machine {
namespace {

// https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
constexpr std::array<std::string_view, 6> kErrors = {"Lambda.ClientExecutionTimeoutException",
                                                     "Lambda.ServiceException",
                                                     "Lambda.AWSLambdaException",
                                                     "Lambda.SdkClientException",
                                                     "Lambda.TooManyRequestsException",
                                                     "Lambda.Unknown"};

bool matches(const Json& retrier, std::string_view error) {
  const auto names = retrier.find("ErrorEquals");
  return names != retrier.end() && std::ranges::any_of(*names, [&](const Json& name) {
           return name == error || name == "States.ALL" || name == "States.TaskFailed";
         });
}

}  // namespace

bool is_platform_error(std::string_view name) {
  return std::ranges::find(kErrors, name) != kErrors.end();
}

OrderedJson platform_retry(const Json& retry) {
  OrderedJson result = OrderedJson::array();
  std::array<bool, kErrors.size()> taken{};
  for (const Json& retrier : retry) {
    OrderedJson names = OrderedJson::array();
    for (std::size_t i = 0; i < kErrors.size(); ++i) {
      if (taken[i] || !matches(retrier, kErrors[i])) continue;
      taken[i] = true;
      names.push_back(kErrors[i]);
    }
    if (names.empty()) continue;
    OrderedJson generated = {{"ErrorEquals", names}};
    for (const auto& [name, value] : retrier.items()) {
      if (name != "ErrorEquals") generated[name] = value;
    }
    result.push_back(std::move(generated));
  }
  return result;
}

}  // namespace stepconf::machine
