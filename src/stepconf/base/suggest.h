#pragma once

#include <span>
#include <string>
#include <string_view>

namespace stepconf {

/// Finds what the user probably meant: the member of `known` with the smallest edit distance to
/// `word`, or an empty string where none is within a third of the longer one's length, rounded up.
std::string nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace stepconf
