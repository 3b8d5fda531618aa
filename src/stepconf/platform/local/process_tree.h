#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stepconf::platform {

/// Lists the children of a process, those of all its threads; zombies included. Empty where the
/// process is gone.
std::vector<pid_t> children_of(pid_t process);

/// Lists everything below a process, parents before children. A snapshot: processes may fork
/// meanwhile, so who wants to be rid of a tree repeats.
std::vector<pid_t> descendants_of(pid_t process);

/// Lists every process that /proc shows.
std::vector<pid_t> all_processes();

/// Tells whether the environment with which a process was started has an entry that begins with
/// `prefix` ("NAME=value"). Absent where that cannot be told yet: in the middle of an execve(2),
/// and of its end, a process shows none. One that has ended has none.
std::optional<bool> environment_known_to_have(pid_t process, std::string_view prefix);

/// As environment_known_to_have; false where that cannot be told yet.
bool environment_has(pid_t process, std::string_view prefix);

/// Gives the time at which a process started, in clock ticks since the machine's; absent where
/// there is no such process. With the number it identifies a process.
std::optional<std::uint64_t> start_ticks(pid_t process);

/// Names a process beyond the reuse of its number: "1234-567890".
std::string identity_of(pid_t process);

/// Tells whether the process of an identity_of still runs.
bool identity_lives(std::string_view identity);

/// Gives the peak resident memory (VmHWM) of processes that run the same programs, in MB, rounded
/// up: what each has for itself, and the pages of files once, which they share.
int peak_resident_mb(std::span<const pid_t> processes);

}  // namespace stepconf::platform
