#include "stepconf/runtime/serve.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <utility>

#include "stepconf/net/client.h"
#include "stepconf/runtime/routes.h"

namespace stepconf::runtime {
namespace {

/// What the function makes of one event: a result, or the error's type and message.
struct Outcome {
  std::string body;
  std::string error_type;

  static Outcome failed(std::string type, std::string_view message) {
    const Json document{
        {"errorType", type}, {"errorMessage", message}, {"stackTrace", Json::array()}};
    // The message may come from anywhere, so bytes that are no UTF-8 must not fail here.
    return {document.dump(-1, ' ', false, Json::error_handler_t::replace), std::move(type)};
  }
};

Outcome call(const Handler& handler, const std::string& text, const Invocation& invocation) {
  Json event;
  try {
    event = parse_json(text, "event");
  } catch (const InvalidInput& error) {
    return Outcome::failed("Runtime.UnmarshalError", error.what());
  }
  Json result;
  try {
    result = handler(event, invocation);
  } catch (const HandlerError& error) {
    return Outcome::failed(error.type(), error.what());
  } catch (const std::exception& error) {
    return Outcome::failed("Error", error.what());
  } catch (...) {
    return Outcome::failed("Error", "the handler threw something that is no std::exception");
  }
  try {
    return {result.dump(), {}};
  } catch (const Json::exception& error) {
    return Outcome::failed("Runtime.MarshalError", error.what());
  }
}

std::string path(std::string_view rest) { return fmt::format("{}{}", kRuntimeApi, rest); }

Invocation invocation_of(const net::Headers& headers) {
  const std::string milliseconds = headers.get(kDeadlineMs).value_or("0");
  return {.request_id = headers.get(kRequestId).value_or(""),
          .function_arn = headers.get(kFunctionArn).value_or(""),
          .trace_id = headers.get(kTraceId).value_or(""),
          .deadline = std::chrono::system_clock::time_point(
              std::chrono::milliseconds(std::strtoll(milliseconds.c_str(), nullptr, 10)))};
}

net::Request report(const Outcome& outcome, const std::string& request_id) {
  const bool failed = !outcome.error_type.empty();
  net::Request request{
      .method = "POST",
      .target = path(fmt::format("invocation/{}/{}", request_id, failed ? "error" : "response")),
      .headers = {{{"Content-Type", "application/json"}}},
      .body = outcome.body};
  if (failed) request.headers.set(std::string(kFunctionErrorType), outcome.error_type);
  return request;
}

void serve_next(net::BlockingClient& api, const Handler& handler, const net::Response& next) {
  const Invocation invocation = invocation_of(next.headers);
  if (invocation.trace_id.empty()) {
    ::unsetenv("_X_AMZN_TRACE_ID");
  } else {
    ::setenv("_X_AMZN_TRACE_ID", invocation.trace_id.c_str(), 1);
  }
  const Outcome outcome = call(handler, next.body, invocation);
  // The sandbox may be frozen as soon as the answer is out.
  std::cout.flush();
  std::fflush(nullptr);
  const auto accepted = api.exchange(report(outcome, invocation.request_id), std::nullopt);
  if (accepted.status >= 300) {
    std::cerr << fmt::format("the Runtime API refused the answer to {} with status {}: {}\n",
                             invocation.request_id, accepted.status, accepted.body);
  }
}

}  // namespace

int serve(const Handler& handler) {
  const char* address = std::getenv("AWS_LAMBDA_RUNTIME_API");
  if (address == nullptr) {
    std::cerr << "AWS_LAMBDA_RUNTIME_API is not set: this program is a Lambda function, to be "
                 "started by Lambda or by `stepconf local`\n";
    return 1;
  }
  const auto endpoint = parse_endpoint(address);
  if (!endpoint) {
    std::cerr << fmt::format("AWS_LAMBDA_RUNTIME_API is {}, must be HOST:PORT\n", address);
    return 1;
  }
  net::BlockingClient api(endpoint->host, endpoint->port);
  bool served = false;
  try {
    while (true) {
      const auto next = api.exchange({.target = path("invocation/next")}, std::nullopt);
      if (next.status != 200) {
        std::cerr << fmt::format("the Runtime API answered next with status {}: {}\n", next.status,
                                 next.body);
        return 1;
      }
      served = true;
      serve_next(api, handler, next);
    }
  } catch (const Error& error) {
    // Once it has worked, a Runtime API that is gone is the usual end of a sandbox.
    if (served) return 0;
    std::cerr << "cannot reach the Runtime API: " << error.what() << '\n';
    return 1;
  }
}

}  // namespace stepconf::runtime
