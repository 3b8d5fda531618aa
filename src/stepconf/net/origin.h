#pragma once

#include <string>
#include <string_view>

namespace stepconf::net {

/// Where a server is reached.
struct Origin {
  /// TLS, "https".
  bool secure = false;
  /// A name or an address, without brackets.
  std::string host;
  int port = 80;

  bool operator==(const Origin&) const = default;
  /// Gives the value of the Host header: the port only where it is not the scheme's own.
  std::string authority() const;
  /// "https://host:port", for messages.
  std::string text() const;
};

/// A URL's two halves; the target is the path and the query as they travel, at least "/".
struct Url {
  Origin origin;
  std::string target = "/";
};

/// Reads http://HOST[:PORT][/PATH][?QUERY] or the same with https. Throws InvalidInput that names
/// `what` where the text is anything else.
Url parse_url(std::string_view text, std::string_view what);

}  // namespace stepconf::net
