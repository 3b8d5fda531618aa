#pragma once

#include <filesystem>

namespace stepconf::bench {

/// Prints how the error over a function's whole space falls with the number of tests, by replaying
/// profiles on measurements that `stepconf evaluate estimator` left in `truth` (a samples file):
/// tests chosen one after the other, or taken from a fixed list; our forms, or Eq. (1) alone.
void replay_profiles(const std::filesystem::path& truth);

}  // namespace stepconf::bench
