#include "stepconf/platform/local/invoke_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "stepconf/base/base64.h"
#include "stepconf/base/json.h"
#include "stepconf/platform/local/api_reply.h"
#include "stepconf/platform/local/request_id.h"

namespace stepconf::platform {

namespace {

constexpr std::string_view kFunctions = "/2015-03-31/functions/";
constexpr std::string_view kInvocations = "/invocations";

// What the platform refused before any function saw it, which is the caller's error and not the
// function's.
net::Response refusal(const Completion& completion) {
  struct Refused {
    std::string_view type, reason;
    int status;
  };
  constexpr std::array<Refused, 3> kRefused{
      {{"TooManyRequestsException", "ConcurrentInvocationLimitExceeded", 429},
       {"ResourceNotFoundException", "", 404},
       {"RequestTooLargeException", "", 413}}};
  for (const Refused& refused : kRefused) {
    if (completion.status == refused.type) {
      return api_error(refused.status, refused.type, completion.error_message, refused.reason);
    }
  }
  return api_error(500, completion.status, completion.error_message);
}

net::Response result(Outcome outcome, const std::string& version, bool with_log) {
  // A function may fail with an error of the same name, from a client of its own.
  if (outcome.refused) return refusal(outcome.completion);
  net::Response response;
  response.headers.set("Content-Type", "application/json");
  response.headers.set("x-amzn-RequestId", outcome.request_id);
  response.headers.set("X-Amz-Executed-Version", version);
  if (!outcome.completion.ok()) response.headers.set("X-Amz-Function-Error", "Unhandled");
  if (with_log) response.headers.set("X-Amz-Log-Result", base64(outcome.log_tail));
  response.body = std::move(outcome.completion.payload);
  return response;
}

// Of the three kinds of Invoke, the one that the header asks for.
enum class Kind { request_response, event, dry_run };

std::optional<Kind> kind_of(const std::string& name) {
  if (name == "RequestResponse") return Kind::request_response;
  if (name == "Event") return Kind::event;
  if (name == "DryRun") return Kind::dry_run;
  return std::nullopt;
}

// Refuses a payload as Lambda does; absent where it is good.
std::optional<net::Response> refuse_payload(const std::string& payload, Kind kind) {
  const std::size_t limit = kind == Kind::event ? kMaxEventBytes : kMaxRequestBytes;
  if (payload.size() > limit) {
    return api_error(
        413, "RequestTooLargeException",
        fmt::format("Request must be smaller than {} bytes for the InvokeFunction operation",
                    limit));
  }
  if (Json::accept(payload)) return std::nullopt;
  return api_error(400, "InvalidRequestContentException",
                   "Could not parse request body into json: the payload is no JSON");
}

}  // namespace

void LambdaApi::invoke(Engine& engine, const InvokeTarget& target, net::Request request,
                       const net::Responder& responder) {
  const LocalPlatformOptions& options = engine.options();
  const auto version = find_version(options, target);
  if (!version) return responder.send(not_found(options, target));
  const std::string type = request.headers.get("X-Amz-Invocation-Type").value_or("RequestResponse");
  const auto kind = kind_of(type);
  if (!kind) {
    return responder.send(api_error(
        400, "InvalidParameterValueException",
        fmt::format("InvocationType \"{}\" is none of RequestResponse, Event and DryRun", type)));
  }
  // A call without a payload is one with an empty event.
  if (request.body.empty()) request.body = "{}";
  if (auto refused = refuse_payload(request.body, *kind)) {
    return responder.send(std::move(*refused));
  }
  Call call;
  call.function = target.function;
  call.memory = version->memory;
  call.payload = std::move(request.body);
  call.invoked_arn = function_arn(options, target.function, target.qualifier);
  call.version = version->version;
  call.request_id = make_request_id();
  call.trace_id = request.headers.get("X-Amzn-Trace-Id").value_or("");
  call.dispatched = engine.now();
  if (*kind != Kind::request_response) {
    net::Response accepted{.status = *kind == Kind::event ? 202 : 204};
    accepted.headers.set("x-amzn-RequestId", call.request_id);
    if (*kind == Kind::dry_run) accepted.headers.set("X-Amz-Executed-Version", version->version);
    responder.send(std::move(accepted));
    if (*kind == Kind::event) events_->add(std::move(call));
    return;
  }
  // Not handed on with events.
  const auto context = from_base64(request.headers.get("X-Amz-Client-Context").value_or(""));
  if (!context || !(context->empty() || Json::accept(*context))) {
    return responder.send(api_error(400, "InvalidRequestContentException",
                                    "Client context must be a valid Base64-encoded JSON object."));
  }
  call.client_context = *context;
  const bool with_log = request.headers.get("X-Amz-Log-Type").value_or("None") == "Tail";
  engine.invoke(std::move(call),
                [responder, executed = version->version, with_log](Outcome outcome) {
                  responder.send(result(std::move(outcome), executed, with_log));
                });
}

void LambdaApi::handle(Engine& engine, net::Request request, const net::Responder& responder) {
  const std::string target = request.target;
  const auto question = std::min(target.find('?'), target.size());
  std::string_view path = std::string_view(target).substr(0, question);
  const std::string_view query =
      std::string_view(target).substr(std::min(question + 1, target.size()));
  if (path == kFunctions.substr(0, kFunctions.size() - 1)) path = kFunctions;
  if (path.starts_with(kFunctions)) {
    const std::string_view rest = path.substr(kFunctions.size());
    if (request.method == "GET") {
      if (auto answer = catalog_.get(rest, query)) return responder.send(std::move(*answer));
    }
    if (request.method == "POST" && rest.ends_with(kInvocations) &&
        rest.size() > kInvocations.size()) {
      const std::string_view name = rest.substr(0, rest.size() - kInvocations.size());
      const auto parsed = parse_invoke_target(name, query);
      if (!parsed) return responder.send(bad_name(name, query));
      return invoke(engine, *parsed, std::move(request), responder);
    }
  }
  responder.send(api_error(
      404, "UnknownOperationException",
      fmt::format("{} {} is not served here: Invoke, GetFunction, GetFunctionConfiguration, "
                  "ListFunctions, ListVersionsByFunction, GetAlias and ListAliases are",
                  request.method, path)));
}

LambdaApi::LambdaApi(LocalPlatform& platform, int port)
    : platform_(platform), catalog_(platform.options()) {
  platform_.in_loop([this, port](Engine& engine, net::Loop& loop) {
    net::ServerOptions options;
    options.port = port;
    events_ = std::make_unique<EventQueue>(loop, engine);
    server_ = std::make_unique<net::Server>(
        loop, options, [this, &engine](net::Request request, const net::Responder& responder) {
          handle(engine, std::move(request), responder);
        });
    port_ = server_->port();
  });
}

LambdaApi::~LambdaApi() {
  platform_.in_loop([this](Engine&, net::Loop&) {
    server_.reset();
    events_.reset();
  });
}

std::string LambdaApi::endpoint() const { return fmt::format("http://127.0.0.1:{}", port_); }

}  // namespace stepconf::platform
