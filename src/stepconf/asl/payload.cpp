#include "stepconf/asl/payload.h"

#include <fmt/format.h>

#include "stepconf/asl/failure.h"

namespace stepconf::asl {
namespace {

std::size_t text_bytes(std::string_view text) {
  std::size_t bytes = 2;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\' || c == '\n' || c == '\r' || c == '\t' || c == '\b' || c == '\f') {
      bytes += 2;
    } else {
      bytes += code < 0x20 ? 6 : 1;
    }
  }
  return bytes;
}

std::size_t measure(const Json& value, int depth) {
  if (depth > kDeepestPayload) return kMostPayloadBytes + 1;
  if (value.is_string()) return text_bytes(value.get_ref<const std::string&>());
  // Without the allocation that dump() would cost; arrays of many numbers are common.
  if (value.is_number_unsigned()) return fmt::formatted_size("{}", value.get<std::uint64_t>());
  if (value.is_number_integer()) return fmt::formatted_size("{}", value.get<std::int64_t>());
  if (!value.is_structured()) return value.dump().size();
  std::size_t bytes = value.empty() ? 2 : 1 + value.size();
  for (auto child = value.begin(); child != value.end(); ++child) {
    if (value.is_object()) bytes += text_bytes(child.key()) + 1;
    bytes += measure(*child, depth + 1);
    if (bytes > kMostPayloadBytes) break;
  }
  return bytes;
}

}  // namespace

std::size_t payload_bytes(const Json& value) { return measure(value, 1); }

std::size_t check_payload(const Json& value, std::string_view what) {
  const std::size_t bytes = payload_bytes(value);
  if (bytes > kMostPayloadBytes) {
    throw StateFailure(kDataLimitExceeded,
                       fmt::format("{} is larger than {} bytes or nested deeper than {} levels.",
                                   what, kMostPayloadBytes, kDeepestPayload));
  }
  return bytes;
}

}  // namespace stepconf::asl
