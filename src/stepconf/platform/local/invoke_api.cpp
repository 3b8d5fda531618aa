#include "stepconf/platform/local/invoke_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "stepconf/base/json.h"
#include "stepconf/base/base64.h"
#include "stepconf/platform/local/request_id.h"

namespace stepconf::platform {

namespace {

constexpr std::string_view kFunctions = "/2015-03-31/functions/";
constexpr std::string_view kInvocations = "/invocations";
constexpr std::string_view kLatest = "$LATEST";

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// An error in the shape of Lambda's REST API: SDKs read the type from the header and the message
// from the body.
net::Response api_error(int status, std::string_view type, std::string_view message,
                        std::string_view reason = {}) {
  Json body = {{"Type", status < 500 ? "User" : "Service"}, {"message", message}};
  if (type == "ResourceNotFoundException") body["Message"] = message;
  if (!reason.empty()) body["Reason"] = reason;
  net::Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  response.headers.set("x-amzn-ErrorType", std::string(type));
  response.headers.set("x-amzn-RequestId", make_request_id());
  response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

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

std::optional<MemoryMb> memory_of_alias(std::string_view alias) {
  constexpr std::string_view kPrefix = "mem-";
  if (!alias.starts_with(kPrefix)) return std::nullopt;
  alias.remove_prefix(kPrefix.size());
  MemoryMb memory;
  const auto [end, error] =
      std::from_chars(alias.data(), alias.data() + alias.size(), memory.value);
  if (error != std::errc{} || end != alias.data() + alias.size()) return std::nullopt;
  return memory;
}

// The memory size that a qualifier stands for; absent where the function has no such alias.
std::optional<MemoryMb> chosen_memory(const LocalPlatformOptions& options,
                                      const LocalFunction& function, std::string_view qualifier) {
  const auto sizes = memory_sizes_of(options, function);
  if (sizes.empty()) return std::nullopt;
  if (qualifier.empty() || qualifier == kLatest) return sizes.front();
  const auto memory = memory_of_alias(qualifier);
  if (!memory || std::ranges::count(sizes, *memory) == 0) return std::nullopt;
  return memory;
}

void invoke(Engine& engine, const InvokeTarget& target, net::Request request,
            const net::Responder& responder) {
  const LocalPlatformOptions& options = engine.options();
  const std::string arn = function_arn(options, target.function, target.qualifier);
  const auto function = options.functions.find(target.function);
  const auto memory = function == options.functions.end()
                          ? std::nullopt
                          : chosen_memory(options, function->second, target.qualifier);
  if (!memory) {
    return responder.send(
        api_error(404, "ResourceNotFoundException", "Function not found: " + arn));
  }
  const std::string type = request.headers.get("X-Amz-Invocation-Type").value_or("RequestResponse");
  if (type != "RequestResponse") {
    return responder.send(api_error(
        400, "InvalidParameterValueException",
        fmt::format("InvocationType {} is not supported here: only RequestResponse is", type)));
  }
  if (request.body.size() > kMaxRequestBytes) {
    return responder.send(api_error(
        413, "RequestTooLargeException",
        fmt::format("Request must be smaller than {} bytes for the InvokeFunction operation",
                    kMaxRequestBytes)));
  }
  // A call without a payload is one with an empty event.
  if (request.body.empty()) request.body = "{}";
  if (!Json::accept(request.body)) {
    return responder.send(
        api_error(400, "InvalidRequestContentException",
                  "Could not parse request body into json: the payload is no JSON"));
  }
  Call call;
  call.function = target.function;
  call.memory = *memory;
  call.payload = std::move(request.body);
  call.invoked_arn = arn;
  call.dispatched = engine.now();
  const bool latest = target.qualifier.empty() || target.qualifier == kLatest;
  const std::string version =
      latest ? std::string(kLatest) : version_of(options, function->second, *memory);
  const bool with_log = request.headers.get("X-Amz-Log-Type").value_or("None") == "Tail";
  call.version = version;
  engine.invoke(std::move(call), [responder, version, with_log](Outcome outcome) {
    responder.send(result(std::move(outcome), version, with_log));
  });
}

void handle(Engine& engine, net::Request request, const net::Responder& responder) {
  const std::string target = request.target;
  const auto question = target.find('?');
  const std::string_view path = std::string_view(target).substr(0, question);
  const std::string_view query = question == std::string::npos
                                     ? std::string_view()
                                     : std::string_view(target).substr(question + 1);
  if (!path.starts_with(kFunctions) || !path.ends_with(kInvocations) ||
      path.size() <= kFunctions.size() + kInvocations.size()) {
    return responder.send(api_error(
        404, "UnknownOperationException",
        fmt::format("no operation {} {}: only Invoke is served here", request.method, path)));
  }
  if (request.method != "POST") {
    return responder.send(api_error(405, "UnknownOperationException",
                                    fmt::format("Invoke is a POST, not a {}", request.method)));
  }
  const std::string_view name =
      path.substr(kFunctions.size(), path.size() - kFunctions.size() - kInvocations.size());
  const auto parsed = parse_invoke_target(name, query);
  if (!parsed) {
    return responder.send(
        api_error(400, "InvalidParameterValueException",
                  fmt::format("\"{}\" with \"{}\" is no function name or ARN with one qualifier",
                              net::percent_decode(name), query)));
  }
  invoke(engine, *parsed, std::move(request), responder);
}

}  // namespace

std::optional<InvokeTarget> parse_invoke_target(std::string_view encoded_name,
                                                std::string_view query) {
  std::vector<std::string> parts = split(net::percent_decode(encoded_name), ':');
  // arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]
  if (parts.size() >= 7 && parts[0] == "arn" && parts[2] == "lambda" && parts[5] == "function") {
    parts.erase(parts.begin(), parts.begin() + 6);
  } else if (parts.size() >= 3 && parts[1] == "function") {
    parts.erase(parts.begin(), parts.begin() + 2);
  }
  if (parts.size() > 2 || parts.front().empty()) return std::nullopt;
  InvokeTarget target{parts.front(), parts.size() == 2 ? parts.back() : ""};
  if (parts.size() == 2 && target.qualifier.empty()) return std::nullopt;
  for (const std::string& parameter : split(query, '&')) {
    constexpr std::string_view kQualifier = "Qualifier=";
    if (!parameter.starts_with(kQualifier)) continue;
    const std::string given = net::percent_decode(parameter.substr(kQualifier.size()));
    if (!target.qualifier.empty() && given != target.qualifier) return std::nullopt;
    target.qualifier = given;
  }
  return target;
}

LambdaApi::LambdaApi(LocalPlatform& platform, int port) : platform_(platform) {
  platform_.in_loop([this, port](Engine& engine, net::Loop& loop) {
    net::ServerOptions options;
    options.port = port;
    server_ = std::make_unique<net::Server>(
        loop, options, [&engine](net::Request request, const net::Responder& responder) {
          handle(engine, std::move(request), responder);
        });
    port_ = server_->port();
  });
}

LambdaApi::~LambdaApi() {
  platform_.in_loop([this](Engine&, net::Loop&) { server_.reset(); });
}

std::string LambdaApi::endpoint() const { return fmt::format("http://127.0.0.1:{}", port_); }

}  // namespace stepconf::platform
