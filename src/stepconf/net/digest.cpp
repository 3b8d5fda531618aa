#include "stepconf/net/digest.h"

#include <mbedtls/md.h>

#include "stepconf/base/error.h"

namespace stepconf::net {
namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

const mbedtls_md_info_t* algorithm() {
  const auto* found = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
  if (found == nullptr) throw Error("mbedTLS was built without SHA-256");
  return found;
}

}  // namespace

Sha256 sha256(std::string_view bytes) {
  Sha256 digest{};
  mbedtls_md(algorithm(), bytes_of(bytes), bytes.size(), digest.data());
  return digest;
}

Sha256 hmac_sha256(std::string_view key, std::string_view bytes) {
  Sha256 digest{};
  mbedtls_md_hmac(algorithm(), bytes_of(key), key.size(), bytes_of(bytes), bytes.size(),
                  digest.data());
  return digest;
}

std::string hexadecimal(const Sha256& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace stepconf::net
