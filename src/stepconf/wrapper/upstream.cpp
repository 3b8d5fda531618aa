#include "stepconf/wrapper/upstream.h"

#include <fmt/format.h>

#include <iostream>
#include <optional>
#include <utility>

namespace stepconf::wrapper {
namespace {

std::string path(std::string_view rest) { return fmt::format("{}{}", runtime::kRuntimeApi, rest); }

net::Request post(std::string target, Outcome outcome) {
  net::Request request{.method = "POST",
                       .target = std::move(target),
                       .headers = {{{"Content-Type", "application/json"}}},
                       .body = std::move(outcome.body)};
  if (!outcome.ok()) {
    request.headers.set(std::string(runtime::kFunctionErrorType), outcome.error_type);
  }
  return request;
}

}  // namespace

Upstream::Upstream(net::Loop& loop, const runtime::Endpoint& endpoint, Serve serve,
                   std::function<void(int)> ended)
    : client_(loop, endpoint.host, endpoint.port),
      serve_(std::move(serve)),
      ended_(std::move(ended)) {
  // No answer to the event at work would be heard any more.
  client_.when_gone([this] { end("it is gone"); });
}

void Upstream::report_init_error(const Outcome& reason) {
  std::cerr << fmt::format("stepconf-wrapper: the runtime cannot start: {}\n", reason.body);
  client_.send(post(path("init/error"), reason), Seconds{5},
               [this](const net::ExchangeResult&) { ended_(1); });
}

void Upstream::next() {
  client_.send({.target = path("invocation/next")}, std::nullopt,
               [this](net::ExchangeResult result) { on_next(std::move(result)); });
}

void Upstream::on_next(net::ExchangeResult result) {
  if (!result.response) return end(result.failure);
  net::Response& response = *result.response;
  if (response.status != 200) {
    served_ = false;
    return end(fmt::format("next was answered with status {}: {}", response.status, response.body));
  }
  served_ = true;
  const std::string id = response.headers.get(runtime::kRequestId).value_or("");
  serve_(
      {.request_id = id, .headers = std::move(response.headers), .event = std::move(response.body)},
      [this, id](Outcome outcome) { answer(id, std::move(outcome)); });
}

void Upstream::answer(const std::string& request_id, Outcome outcome) {
  const char* call = outcome.ok() ? "response" : "error";
  client_.send(post(path(fmt::format("invocation/{}/{}", request_id, call)), std::move(outcome)),
               std::nullopt, [this, request_id](const net::ExchangeResult& result) {
                 if (!result.response) return end(result.failure);
                 if (result.response->status >= 300) {
                   std::cerr << fmt::format(
                       "stepconf-wrapper: the answer to {} was refused with status {}: {}\n",
                       request_id, result.response->status, result.response->body);
                 }
                 next();
               });
}

void Upstream::end(const std::string& why) {
  // Once events have come, a Runtime API that is gone is the usual end of a sandbox.
  if (served_) return ended_(0);
  std::cerr << "stepconf-wrapper: the Runtime API: " << why << '\n';
  ended_(1);
}

}  // namespace stepconf::wrapper
