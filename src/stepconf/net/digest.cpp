#include "stepconf/net/digest.h"

#include <mbedtls/md.h>

#include "stepconf/base/error.h"

namespace stepconf::net {
namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

const mbedtls_md_info_t* algorithm(mbedtls_md_type_t type) {
  const auto* found = mbedtls_md_info_from_type(type);
  if (found == nullptr) throw Error("mbedTLS was built without a digest that is needed");
  return found;
}

}  // namespace

Sha256 sha256(std::string_view bytes) {
  Sha256 digest{};
  mbedtls_md(algorithm(MBEDTLS_MD_SHA256), bytes_of(bytes), bytes.size(), digest.data());
  return digest;
}

Sha256 hmac_sha256(std::string_view key, std::string_view bytes) {
  Sha256 digest{};
  mbedtls_md_hmac(algorithm(MBEDTLS_MD_SHA256), bytes_of(key), key.size(), bytes_of(bytes),
                  bytes.size(), digest.data());
  return digest;
}

Sha1 sha1(std::string_view bytes) {
  Sha1 digest{};
  mbedtls_md(algorithm(MBEDTLS_MD_SHA1), bytes_of(bytes), bytes.size(), digest.data());
  return digest;
}

std::string hexadecimal(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace stepconf::net
