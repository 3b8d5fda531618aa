#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "stepconf/base/units.h"
#include "stepconf/platform/local/cpu_quota.h"

namespace stepconf::platform {

// The files of a cgroup's folder, for both versions (cgroups(7)). Writers return errno, 0 for
// success.

/// Reads a file; empty where that is not possible.
std::string contents(const std::filesystem::path& path);
/// Writes a value at once, as the kernel wants it.
int write_value(const std::filesystem::path& path, std::string_view value);
/// Tells whether `word` is one of the words of `text`.
bool has_word(const std::string& text, std::string_view word);

/// Limits a group's CPU time.
int set_quota(int version, const std::filesystem::path& group, const CpuQuota& quota);
/// Limits a group's memory, swap included.
int set_memory(int version, const std::filesystem::path& group, MemoryMb memory);
/// Has a v2 group hand a controller on to its children.
int hand_on(const std::filesystem::path& group, std::string_view controller);

}  // namespace stepconf::platform
