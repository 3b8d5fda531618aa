#include "stepconf/platform/local/request_id.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <random>

namespace stepconf::platform {

namespace {

std::uint64_t random_bits() {
  thread_local std::mt19937_64 generator(
      (static_cast<std::uint64_t>(std::random_device{}()) << 32) ^ std::random_device{}());
  return generator();
}

}  // namespace

std::string make_request_id() {
  const std::uint64_t high = (random_bits() & ~0xf000ULL) | 0x4000ULL;
  const std::uint64_t low = (random_bits() & ~(3ULL << 62)) | (1ULL << 63);
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff,
                     high & 0xffff, low >> 48, low & 0xffffffffffffULL);
}

std::string make_trace_id() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count();
  return fmt::format("Root=1-{:08x}-{:08x}{:016x};Parent={:016x};Sampled=0", seconds,
                     random_bits() & 0xffffffff, random_bits(), random_bits());
}

}  // namespace stepconf::platform
