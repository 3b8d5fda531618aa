#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace stepconf {

/// A JSON value. Members of an object are kept in alphabetical order, so equal values print equal
/// bytes.
using Json = nlohmann::json;

/// A JSON value whose members keep the order in which they were written: for documents that people
/// read. A member is looked up in linear time, so build such values and read none.
using OrderedJson = nlohmann::ordered_json;

/// Parses `text`. Throws InvalidInput "SOURCE:LINE:COLUMN: ..." where it is no JSON, where an
/// object has a member twice, or where values are nested deeper than 256 levels.
Json parse_json(std::string_view text, std::string_view source);

/// Parses one line of a file that has a JSON value on each of its lines. Throws as parse_json does,
/// with "SOURCE:LINE:COLUMN: ..." or, for what has no column, "SOURCE:LINE: ...".
Json parse_json_line(std::string_view text, std::string_view source, int line);

}  // namespace stepconf
