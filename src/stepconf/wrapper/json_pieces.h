#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace stepconf::wrapper {

// Cuts JSON text into the texts of its parts, so that payloads travel as they were written: no
// number is rounded and no large value is built up in memory.

/// Gives the elements of an array, as views into `text`, which must be a valid JSON array.
std::vector<std::string_view> elements(std::string_view text);

/// Gives the members of an object, names in quotes, as views into `text`, which must be a valid
/// JSON object.
std::vector<std::pair<std::string_view, std::string_view>> members(std::string_view text);

}  // namespace stepconf::wrapper
