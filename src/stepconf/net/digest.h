#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace stepconf::net {

// What signed requests are made of. In this folder because the library behind it is that of TLS.

using Sha256 = std::array<std::uint8_t, 32>;
using Sha1 = std::array<std::uint8_t, 20>;

Sha256 sha256(std::string_view bytes);
/// HMAC-SHA-256 (RFC 2104).
Sha256 hmac_sha256(std::string_view key, std::string_view bytes);

/// Proves nothing any more; files of AWS's SDKs are named by it.
Sha1 sha1(std::string_view bytes);

/// Writes bytes in lower-case hexadecimal digits.
std::string hexadecimal(std::span<const std::uint8_t> bytes);

/// Gives a digest as the key of the next one.
inline std::string_view as_key(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace stepconf::net
