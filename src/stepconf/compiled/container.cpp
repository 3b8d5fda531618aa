#include "stepconf/compiled/container.h"

#include <fmt/format.h>

#include "stepconf/base/bytes.h"
#include "stepconf/base/error.h"
#include "stepconf/net/digest.h"

namespace stepconf::compiled {
namespace {

constexpr std::string_view kMagic = "STEPCONF";
constexpr std::uint32_t kVersion = 1;
// Magic, version, the content's size and SHA-256.
constexpr std::size_t kHeader = 8 + 4 + 8 + 32;

[[noreturn]] void fail(std::string_view source, const std::string& what) {
  throw InvalidInput(
      fmt::format("{}: {}; `stepconf plan --save FILE` makes a plan file", source, what));
}

std::string_view unseal(std::string_view bytes, std::string_view source) {
  if (!bytes.starts_with(kMagic)) fail(source, "is not a plan file");
  if (bytes.size() < kHeader) fail(source, "is cut short within its header");
  ByteReader header(bytes.substr(kMagic.size()));
  const std::uint32_t version = header.u32();
  if (version > kVersion) {
    fail(source, fmt::format("was made by a newer stepconf (format {}, this one reads {})", version,
                             kVersion));
  }
  if (version != kVersion) fail(source, fmt::format("has the unknown format {}", version));
  const std::uint64_t size = header.u64();
  const std::string_view hash = header.take(32);
  const std::string_view content = bytes.substr(kHeader);
  if (content.size() < size)
    fail(source, fmt::format("is cut short: {} of {} bytes are there", content.size(), size));
  if (content.size() > size)
    fail(source, fmt::format("has {} bytes behind its end", content.size() - size));
  if (net::as_key(net::sha256(content)) != hash)
    fail(source, "is damaged: its content does not match its hash");
  return content;
}

}  // namespace

std::string seal(std::string_view content) {
  ByteWriter header;
  header.u32(kVersion);
  header.u64(content.size());
  const net::Sha256 hash = net::sha256(content);
  std::string bytes(kMagic);
  bytes += header.take();
  bytes += net::as_key(hash);
  bytes += content;
  return bytes;
}

std::string write_container(const Sections& sections) {
  ByteWriter content;
  for (const auto& [name, bytes] : sections) {
    content.text(name);
    content.text(bytes);
  }
  return seal(content.take());
}

Sections read_container(std::string_view bytes, std::string_view source) {
  ByteReader content(unseal(bytes, source));
  Sections sections;
  while (content.left() > 0) {
    std::string name(content.text());
    std::string part(content.text());
    if (content.beyond()) fail(source, "has a section that reaches beyond its end");
    if (!sections.emplace(std::move(name), std::move(part)).second)
      fail(source, "has a section twice");
  }
  return sections;
}

std::string hash_of(std::string_view bytes) {
  net::Sha256 hash{};
  const std::string_view stored = bytes.substr(kHeader - hash.size(), hash.size());
  std::copy(stored.begin(), stored.end(), hash.begin());
  return net::hexadecimal(hash);
}

}  // namespace stepconf::compiled
