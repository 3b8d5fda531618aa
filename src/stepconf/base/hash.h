#pragma once

#include <cstdint>
#include <string_view>

namespace stepconf {

/// Hashes a text into 64 well-mixed bits, the same on every machine and in every run; other
/// `start`s give independent hashes. FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv), its bits
/// mixed as SplitMix64 does. Not for secrets.
constexpr std::uint64_t hash_text(std::string_view text, std::uint64_t start = 0) {
  std::uint64_t hash = 0xcbf29ce484222325 ^ start;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

/// Turns a hash into a number from 0 to below 1.
constexpr double unit_draw(std::uint64_t hash) { return static_cast<double>(hash >> 11) * 0x1p-53; }

}  // namespace stepconf
