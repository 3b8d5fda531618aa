#include "stepconf/wrapper/invocation.h"

#include <fmt/format.h>

#include <cstdlib>

#include "stepconf/base/hash.h"
#include "stepconf/runtime/routes.h"

namespace stepconf::wrapper {

std::optional<Seconds> time_left(const Invocation& invocation,
                                 std::chrono::system_clock::time_point now) {
  const auto text = invocation.headers.get(runtime::kDeadlineMs);
  if (!text) return std::nullopt;
  const std::chrono::milliseconds deadline(std::strtoll(text->c_str(), nullptr, 10));
  const Seconds left = deadline - now.time_since_epoch();
  if (left <= Seconds{0}) return std::nullopt;
  return left;
}

std::string job_request_id(std::string_view invocation, std::size_t job, int attempt) {
  const std::string name = fmt::format("{}/{}/{}", invocation, job, attempt);
  // Version 4 and its variant, as Lambda's, whatever the other 122 bits come from.
  const std::uint64_t high = (hash_text(name, 1) & 0xffffffffffff0fff) | 0x4000;
  const std::uint64_t low = (hash_text(name, 2) & 0x3fffffffffffffff) | 0x8000000000000000;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xffff,
                     high & 0xffff, low >> 48, low & 0xffffffffffff);
}

}  // namespace stepconf::wrapper
