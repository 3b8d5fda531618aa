#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace stepconf {

/// Reads a whole file. Throws InvalidInput with the path and the system's reason.
std::string read_file(const std::filesystem::path& path);

/// Reads a whole file; absent where that is not possible, as of a process that has just ended.
std::optional<std::string> read_if_there(const std::filesystem::path& path);

/// Writes a whole file by way of a temporary neighbour that is renamed, so that a reader sees the
/// old or the new content. Creates missing parent folders. Throws Error with the path and the
/// system's reason.
void write_file(const std::filesystem::path& path, std::string_view content);

}  // namespace stepconf
