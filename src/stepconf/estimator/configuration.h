#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "stepconf/base/units.h"

namespace stepconf::estimator {

/// How a step runs: the paper's theta = (m, p, q).
struct Configuration {
  /// Memory of each instance.
  MemoryMb memory;
  /// Inter-function parallelism p: instances asked for. Fewer run where fewer suffice, see `split`.
  int instances = 1;
  /// Intra-function parallelism q: processes in each instance.
  int processes = 1;

  auto operator<=>(const Configuration&) const = default;
};

/// Writes a configuration as `--fix` takes it: "1024x4x1".
std::string to_string(const Configuration& configuration);

/// Reads "1024x4x1": memory in MB, instances, processes, each a whole number of at least 1. Throws
/// InvalidInput that names `what`.
Configuration parse_configuration(std::string_view text, std::string_view what);

/// Which values each part of a configuration may take (Eq. (2)); ascending, each without
/// repetition.
struct ConfigurationSpace {
  std::vector<int> memory_mb = {512, 1024, 1536, 2048, 4096, 6144, 8192, 10240};
  std::vector<int> instances = {1, 2, 4, 8, 16, 32};
  std::vector<int> processes = {1, 2, 4, 8};
  /// Leaves of these, for each memory size and number of instances, only the one that is predicted
  /// to be the fastest: the paper's Q.
  bool best_processes = false;
};

/// How `jobs` are dealt out to at most `instances` instances.
struct Split {
  /// Jobs of the fullest instance: ceil(jobs / instances). It decides the step's duration.
  int jobs_per_instance = 0;
  /// Instances that really run: ceil(jobs / jobs_per_instance), which may be fewer than asked for.
  int instances = 0;
};

/// Deals out `jobs` (at least 1) to at most `instances` (at least 1), as docs/model.md reads the
/// paper's gamma / p.
Split split(int jobs, int instances);

}  // namespace stepconf::estimator
