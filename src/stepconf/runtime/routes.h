#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace stepconf::runtime {

/// The part that all paths of the Runtime API have in common, version 2018-06-01
/// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
inline constexpr std::string_view kRuntimeApi = "/2018-06-01/runtime/";

/// Header fields of an invocation, as `next` hands it over.
inline constexpr std::string_view kRequestId = "Lambda-Runtime-Aws-Request-Id";
inline constexpr std::string_view kDeadlineMs = "Lambda-Runtime-Deadline-Ms";
inline constexpr std::string_view kFunctionArn = "Lambda-Runtime-Invoked-Function-Arn";
inline constexpr std::string_view kTraceId = "Lambda-Runtime-Trace-Id";
inline constexpr std::string_view kClientContext = "Lambda-Runtime-Client-Context";
/// Header field of an error that a runtime reports.
inline constexpr std::string_view kFunctionErrorType = "Lambda-Runtime-Function-Error-Type";
/// Header field of a response that asks for streaming.
inline constexpr std::string_view kResponseMode = "Lambda-Runtime-Function-Response-Mode";

enum class Call { kNext, kResponse, kError, kInitError, kUnknown };

/// What a runtime asks of the Runtime API.
struct Route {
  Call call = Call::kUnknown;
  /// Of a response or an error; a view into the target.
  std::string_view request_id{};
};

/// Tells what a request with this method and target is. Anything but the API's four calls is
/// kUnknown, to be answered 404.
inline Route parse_route(std::string_view method, std::string_view target) {
  if (!target.starts_with(kRuntimeApi)) return {};
  std::string_view path = target.substr(kRuntimeApi.size());
  path = path.substr(0, path.find('?'));
  if (path == "invocation/next") return {method == "GET" ? Call::kNext : Call::kUnknown};
  if (method != "POST") return {};
  if (path == "init/error") return {Call::kInitError};
  constexpr std::string_view kInvocation = "invocation/";
  if (!path.starts_with(kInvocation)) return {};
  path.remove_prefix(kInvocation.size());
  const auto slash = path.find('/');
  if (slash == 0 || slash == std::string_view::npos) return {};
  const std::string_view action = path.substr(slash + 1);
  if (action == "response") return {Call::kResponse, path.substr(0, slash)};
  if (action == "error") return {Call::kError, path.substr(0, slash)};
  return {};
}

/// Where a Runtime API listens.
struct Endpoint {
  std::string host;
  int port = 0;
};

/// Reads HOST:PORT, as AWS_LAMBDA_RUNTIME_API gives it (port 80 where it is left out); absent where
/// it is neither.
inline std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  Endpoint endpoint{.host = std::string(text.substr(0, colon)), .port = 80};
  if (endpoint.host.empty()) return std::nullopt;
  if (colon == std::string_view::npos) return endpoint;
  const std::string_view digits = text.substr(colon + 1);
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port);
  if (failure != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (endpoint.port < 1 || endpoint.port > 65535) return std::nullopt;
  return endpoint;
}

}  // namespace stepconf::runtime
