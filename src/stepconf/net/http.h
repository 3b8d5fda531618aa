#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stepconf::net {

/// Compares names of header fields, without regard to case.
bool same_name(std::string_view a, std::string_view b);

/// Header fields in the order they were received; names compare without regard to case.
struct Headers {
  std::vector<std::pair<std::string, std::string>> fields;

  /// Gives the first value of `name`; absent where there is none.
  std::optional<std::string> get(std::string_view name) const;
  void set(std::string name, std::string value);
};

struct Request {
  std::string method = "GET";
  /// Path and query, percent-encoded as it travels.
  std::string target = "/";
  Headers headers{};
  std::string body{};
};

struct Response {
  int status = 200;
  Headers headers{};
  std::string body{};
};

/// Decodes %XX sequences; a malformed one is kept as it is.
std::string percent_decode(std::string_view text);

}  // namespace stepconf::net
