#pragma once

namespace stepconf::cli {

/// The exit statuses of the command (docs/formats.md).
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kInvalidInput = 2;
inline constexpr int kSloMissed = 3;
inline constexpr int kInterrupted = 130;

/// Runs `stepconf`. Results go to stdout, everything else to stderr. Returns the exit status;
/// throws nothing.
int main(int argc, char** argv);

}  // namespace stepconf::cli
