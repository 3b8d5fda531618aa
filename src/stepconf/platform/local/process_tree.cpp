#include "stepconf/platform/local/process_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "stepconf/base/file.h"

namespace stepconf::platform {

namespace fs = std::filesystem;

namespace {

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<pid_t> numbered_entries(const std::string& folder) {
  std::vector<pid_t> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (const auto id = whole_number(entry->path().filename().native())) {
      found.push_back(static_cast<pid_t>(*id));
    }
  }
  return found;
}

// The fields of /proc/PID/stat that follow the command's name, which may hold anything.
std::vector<std::string> stat_fields(pid_t process) {
  const auto text = read_if_there(fmt::format("/proc/{}/stat", process));
  if (!text) return {};
  const auto name_end = text->rfind(')');
  if (name_end == std::string::npos) return {};
  std::vector<std::string> fields;
  std::size_t position = name_end + 2;
  while (position < text->size()) {
    const auto end = std::min(text->find(' ', position), text->size());
    fields.push_back(text->substr(position, end - position));
    position = end + 1;
  }
  return fields;
}

// Tells an environment that is empty from one that has not been made yet, or is there no more.
bool known_to_have_none(pid_t process) {
  // proc(5): state, startcode, env_start and env_end are fields 3, 26, 50 and 51; the fields here
  // begin with 3.
  constexpr std::size_t kState = 0, kCode = 26 - 3, kStart = 50 - 3, kEnd = 51 - 3;
  const auto fields = stat_fields(process);
  if (fields.size() <= kEnd) return true;
  if (fields[kState] == "Z" || fields[kState] == "X") return true;
  // An exec sets the start of the code when it has laid out the environment, whose end it moves
  // away from its start step by step.
  return fields[kCode] != "0" && fields[kStart] == fields[kEnd];
}

std::vector<pid_t> children_by_scan(pid_t process) {
  std::vector<pid_t> found;
  const std::string wanted = std::to_string(process);
  for (const pid_t candidate : all_processes()) {
    const auto fields = stat_fields(candidate);
    if (fields.size() > 1 && fields[1] == wanted) found.push_back(candidate);
  }
  return found;
}

}  // namespace

std::vector<pid_t> children_of(pid_t process) {
  std::vector<pid_t> found;
  for (const pid_t thread : numbered_entries(fmt::format("/proc/{}/task", process))) {
    std::ifstream file(fmt::format("/proc/{}/task/{}/children", process, thread));
    // Kernels without CONFIG_PROC_CHILDREN have no such file.
    if (!file && fs::exists(fmt::format("/proc/{}/task/{}", process, thread))) {
      return children_by_scan(process);
    }
    for (pid_t child = 0; file >> child;) found.push_back(child);
  }
  return found;
}

std::vector<pid_t> descendants_of(pid_t process) {
  std::vector<pid_t> found = children_of(process);
  for (std::size_t next = 0; next < found.size(); ++next) {
    for (const pid_t child : children_of(found[next])) {
      if (std::ranges::find(found, child) == found.end()) found.push_back(child);
    }
  }
  return found;
}

std::vector<pid_t> all_processes() { return numbered_entries("/proc"); }

std::optional<bool> environment_known_to_have(pid_t process, std::string_view prefix) {
  const auto text = read_if_there(fmt::format("/proc/{}/environ", process));
  if (!text) return false;
  if (text->empty()) return known_to_have_none(process) ? std::optional(false) : std::nullopt;
  const std::string_view all = *text;
  for (std::size_t start = 0; start < all.size();) {
    if (all.substr(start).starts_with(prefix)) return true;
    const auto end = all.find('\0', start);
    if (end == std::string_view::npos) break;
    start = end + 1;
  }
  return false;
}

bool environment_has(pid_t process, std::string_view prefix) {
  return environment_known_to_have(process, prefix).value_or(false);
}

std::optional<std::uint64_t> start_ticks(pid_t process) {
  // proc(5): starttime is field 22; the fields here begin with field 3.
  constexpr std::size_t kStartTime = 22 - 3;
  const auto fields = stat_fields(process);
  if (fields.size() <= kStartTime) return std::nullopt;
  const auto value = whole_number(fields[kStartTime]);
  if (!value) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

std::string identity_of(pid_t process) {
  return fmt::format("{}-{}", process, start_ticks(process).value_or(0));
}

bool identity_lives(std::string_view identity) {
  const auto dash = identity.find('-');
  if (dash == std::string_view::npos) return false;
  const auto process = whole_number(identity.substr(0, dash));
  const auto ticks = whole_number(identity.substr(dash + 1));
  if (!process || !ticks) return false;
  return start_ticks(static_cast<pid_t>(*process)) == static_cast<std::uint64_t>(*ticks);
}

int peak_resident_mb(std::span<const pid_t> processes) {
  std::int64_t own_kb = 0, most_shared_kb = 0;
  for (const pid_t process : processes) {
    const auto text = read_if_there(fmt::format("/proc/{}/status", process));
    if (!text) continue;
    const auto field = [&text](std::string_view name) {
      const auto found = text->find(name);
      if (found == std::string::npos) return std::int64_t{0};
      return static_cast<std::int64_t>(
          std::strtoll(text->c_str() + found + name.size(), nullptr, 10));
    };
    const std::int64_t shared_kb = field("\nRssFile:") + field("\nRssShmem:");
    own_kb += std::max<std::int64_t>(0, field("\nVmHWM:") - shared_kb);
    most_shared_kb = std::max(most_shared_kb, shared_kb);
  }
  return static_cast<int>((own_kb + most_shared_kb + 1023) / 1024);
}

}  // namespace stepconf::platform
