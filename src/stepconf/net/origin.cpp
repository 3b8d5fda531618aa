#include "stepconf/net/origin.h"

#include <fmt/format.h>

#include <charconv>

#include "stepconf/base/error.h"

namespace stepconf::net {
namespace {

int default_port(bool secure) { return secure ? 443 : 80; }

bool is_address_of_ip6(std::string_view host) { return host.find(':') != std::string_view::npos; }

std::string bracketed(std::string_view host) {
  return is_address_of_ip6(host) ? fmt::format("[{}]", host) : std::string(host);
}

// The host at the start of "host:port"; what is left of `rest` is the port.
std::string take_host(std::string_view& rest) {
  const bool bracket = rest.starts_with('[');
  const std::size_t end = bracket ? rest.find(']') : rest.find(':');
  if (bracket && end == std::string_view::npos) return "";
  const std::string_view host = rest.substr(0, end).substr(bracket ? 1 : 0);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + (bracket ? 1 : 0));
  return std::string(host);
}

bool plain(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f) return false;
  }
  return true;
}

}  // namespace

std::string Origin::authority() const {
  if (port == default_port(secure)) return bracketed(host);
  return fmt::format("{}:{}", bracketed(host), port);
}

std::string Origin::text() const {
  return fmt::format("{}://{}:{}", secure ? "https" : "http", bracketed(host), port);
}

Url parse_url(std::string_view text, std::string_view what) {
  const auto refuse = [&](std::string_view why) {
    return InvalidInput(
        fmt::format("{} is \"{}\": {}; must be http://HOST[:PORT][/PATH] or the same with https",
                    what, text, why));
  };
  Url url;
  url.origin.secure = text.starts_with("https://");
  if (!url.origin.secure && !text.starts_with("http://")) throw refuse("has another scheme");
  if (!plain(text)) throw refuse("has blanks or control characters");
  std::string_view rest = text.substr(url.origin.secure ? 8 : 7);
  const std::size_t path = rest.find_first_of("/?");
  std::string_view authority = rest.substr(0, path);
  if (path != std::string_view::npos) url.target = rest.substr(path);
  if (url.target.starts_with('?')) url.target.insert(0, "/");
  if (authority.find('@') != std::string_view::npos) throw refuse("has a user");
  if (url.target.find('#') != std::string::npos) throw refuse("has a fragment");

  url.origin.host = take_host(authority);
  if (url.origin.host.empty()) throw refuse("has no host");
  url.origin.port = default_port(url.origin.secure);
  if (authority.empty()) return url;
  if (authority.front() != ':') throw refuse("has no : before its port");
  authority.remove_prefix(1);
  const auto [end, problem] =
      std::from_chars(authority.data(), authority.data() + authority.size(), url.origin.port);
  if (problem != std::errc() || end != authority.data() + authority.size() || url.origin.port < 1 ||
      url.origin.port > 65535) {
    throw refuse("has a bad port");
  }
  return url;
}

}  // namespace stepconf::net
