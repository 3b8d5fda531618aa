#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace stepconf {

/// Appends numbers, little-endian whatever the machine, and texts.
class ByteWriter {
 public:
  void u8(std::uint8_t value) { bytes_ += static_cast<char>(value); }
  void u32(std::uint32_t value) { unsigned_number(value, 4); }
  void u64(std::uint64_t value) { unsigned_number(value, 8); }
  void f64(double value) { u64(std::bit_cast<std::uint64_t>(value)); }
  /// Its length, then its bytes.
  void text(std::string_view value) {
    u64(value.size());
    bytes_ += value;
  }
  std::string take() { return std::move(bytes_); }

 private:
  void unsigned_number(std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) bytes_ += static_cast<char>(value >> (8 * i) & 0xff);
  }

  std::string bytes_;
};

/// Reads what ByteWriter wrote. Reading beyond the end gives 0 and empty texts, and is remembered,
/// so that a reader of hostile bytes need ask only once in a while.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(unsigned_number(1)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(unsigned_number(4)); }
  std::uint64_t u64() { return unsigned_number(8); }
  double f64() { return std::bit_cast<double>(u64()); }
  /// Valid as long as what is read from.
  std::string_view text() { return take(u64()); }
  std::string_view take(std::uint64_t size) {
    if (size > bytes_.size()) {
      beyond_ = true;
      bytes_ = {};
      return {};
    }
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  std::size_t left() const { return bytes_.size(); }
  /// Whether something was asked for that was not there.
  bool beyond() const { return beyond_; }

 private:
  std::uint64_t unsigned_number(std::uint64_t size) {
    std::uint64_t value = 0;
    int shift = 0;
    for (const char byte : take(size)) {
      value |= std::uint64_t{static_cast<unsigned char>(byte)} << shift;
      shift += 8;
    }
    return value;
  }

  std::string_view bytes_;
  bool beyond_ = false;
};

}  // namespace stepconf
