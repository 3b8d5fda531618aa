#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stepconf::wrapper {

/// Splits a command line into words as a POSIX shell does: blanks part words, single quotes keep
/// everything, double quotes keep all but \" \\ \$ and \`, a backslash keeps the next character.
/// Nothing is expanded. Throws InvalidInput where a quote is not closed or a backslash ends the
/// text.
std::vector<std::string> split_words(std::string_view text);

}  // namespace stepconf::wrapper
