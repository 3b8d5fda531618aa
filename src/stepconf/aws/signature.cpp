#include "stepconf/aws/signature.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "stepconf/base/error.h"
#include "stepconf/net/digest.h"

namespace stepconf::aws {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

// What proxies may change, or what is not known before the request travels.
bool is_signed(std::string_view name) {
  constexpr std::array<std::string_view, 8> kUnsigned = {
      "authorization", "connection",        "content-length", "expect", "te",
      "user-agent",    "transfer-encoding", "x-amzn-trace-id"};
  return std::ranges::find(kUnsigned, name) == kUnsigned.end();
}

// Trimmed, and with one blank for each run of them.
std::string without_extra_blanks(std::string_view value) {
  std::string result;
  for (const char c : value) {
    const bool blank = c == ' ' || c == '\t';
    if (!blank) result += c;
    if (blank && !result.empty() && result.back() != ' ') result += ' ';
  }
  if (result.ends_with(' ')) result.pop_back();
  return result;
}

Fields signed_fields(const net::Headers& headers) {
  Fields fields;
  for (const auto& [name, value] : headers.fields) {
    std::string low = lower_case(name);
    if (is_signed(low)) fields.emplace_back(std::move(low), without_extra_blanks(value));
  }
  std::ranges::sort(fields);
  return fields;
}

// s3 signs the path as it travels; for all other services it is encoded once more.
std::string canonical_path(std::string_view path, std::string_view service) {
  return service == "s3" ? std::string(path) : percent_encode(path, "/");
}

std::string canonical_query(std::string_view query) {
  Fields pairs;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    pairs.emplace_back(pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())));
  }
  std::ranges::sort(pairs);
  std::string text;
  for (const auto& [name, value] : pairs) {
    text += fmt::format("{}{}={}", text.empty() ? "" : "&", name, value);
  }
  return text;
}

std::string signed_names(const Fields& fields) {
  std::string names;
  for (const auto& [name, value] : fields) names += (names.empty() ? "" : ";") + name;
  return names;
}

std::string canonical_request(const net::Request& request, const Fields& fields,
                              std::string_view service, std::string_view payload_digest) {
  const std::string_view target = request.target;
  const auto mark = std::min(target.find('?'), target.size());
  std::string text =
      fmt::format("{}\n{}\n{}\n", request.method, canonical_path(target.substr(0, mark), service),
                  canonical_query(target.substr(std::min(mark + 1, target.size()))));
  for (const auto& [name, value] : fields) text += fmt::format("{}:{}\n", name, value);
  return text + fmt::format("\n{}\n{}", signed_names(fields), payload_digest);
}

std::string signature(const Credentials& credentials, std::string_view date,
                      const SigningScope& scope, std::string_view text) {
  auto key = net::hmac_sha256("AWS4" + credentials.secret_access_key, date);
  for (const std::string_view part :
       {std::string_view(scope.region), std::string_view(scope.service),
        std::string_view("aws4_request"), text}) {
    key = net::hmac_sha256(net::as_key(key), part);
  }
  return net::hexadecimal(key);
}

}  // namespace

void sign(net::Request& request, const Credentials& credentials, const SigningScope& scope,
          Time now, std::string_view payload_digest) {
  if (!request.headers.get("Host")) throw Error("a request is signed with its Host only");
  const auto time = std::chrono::floor<std::chrono::seconds>(now);
  const std::string stamp =
      fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
  const std::string date = stamp.substr(0, 8);
  request.headers.set("X-Amz-Date", stamp);
  if (scope.service == "s3") {
    request.headers.set("X-Amz-Content-Sha256", std::string(payload_digest));
  }
  if (!credentials.session_token.empty()) {
    request.headers.set("X-Amz-Security-Token", credentials.session_token);
  }

  const Fields fields = signed_fields(request.headers);
  const std::string where = fmt::format("{}/{}/{}/aws4_request", date, scope.region, scope.service);
  const std::string canonical = canonical_request(request, fields, scope.service, payload_digest);
  const std::string text = fmt::format("{}\n{}\n{}\n{}", kAlgorithm, stamp, where,
                                       net::hexadecimal(net::sha256(canonical)));
  request.headers.set("Authorization",
                      fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm,
                                  credentials.access_key_id, where, signed_names(fields),
                                  signature(credentials, date, scope, text)));
}

std::string percent_encode(std::string_view text, std::string_view kept) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) != std::string_view::npos ||
                       kept.find(c) != std::string_view::npos;
    if (plain) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

}  // namespace stepconf::aws
