#include "stepconf/objects/crc32.h"

#include <array>
#include <cstddef>

#include "stepconf/base/base64.h"

// Eight bytes a step ("slicing by 8"): tables[k][b] is the CRC of byte b followed by k zero bytes,
// and CRCs of parts of one step combine by exclusive or. Byte by byte would take a second for 400
// MB.

namespace stepconf::objects {
namespace {

constexpr std::size_t kSlices = 8;
using Tables = std::array<std::array<std::uint32_t, 256>, kSlices>;

constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320u : 0u);
    tables[0][byte] = crc;
  }
  for (std::size_t k = 1; k < kSlices; ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[k - 1][byte];
      tables[k][byte] = (before >> 8) ^ tables[0][before & 255];
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

}  // namespace

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  while (bytes.size() >= kSlices) {
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < kSlices; ++i) {
      const std::uint32_t mixed = i < 4 ? (crc >> (8 * i)) & 255 : 0;
      next ^= kTables[kSlices - 1 - i][byte_at(bytes, i) ^ mixed];
    }
    crc = next;
    bytes.remove_prefix(kSlices);
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    crc = (crc >> 8) ^ kTables[0][(crc ^ byte_at(bytes, i)) & 255];
  }
  return ~crc;
}

std::string crc32_header(std::uint32_t crc) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>((crc >> shift) & 255);
  return base64(bytes);
}

}  // namespace stepconf::objects
