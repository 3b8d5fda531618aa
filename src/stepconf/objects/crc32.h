#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stepconf::objects {

/// Gives the CRC-32 of zip, gzip and S3 (ISO-HDLC: polynomial 0x04c11db7, reflected). About 2 GB/s.
std::uint32_t crc32(std::string_view bytes);

/// Writes a CRC-32 as S3's headers do: big-endian, in base64.
std::string crc32_header(std::uint32_t crc);

}  // namespace stepconf::objects
