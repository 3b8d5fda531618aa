#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stepconf {

/// Encodes bytes in base64 with padding (RFC 4648).
std::string base64(std::string_view bytes);

/// Decodes that; absent where `text` is anything else.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace stepconf
