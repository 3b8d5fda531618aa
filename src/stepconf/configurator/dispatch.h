#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "stepconf/configurator/deployment.h"

namespace stepconf::configurator {

/// A batch, and the results of one, stay under this, with room for the envelope and the rest of the
/// state: Step Functions hands on 262,144 bytes at most.
inline constexpr std::int64_t kMostBatchBytes = 200'000;

/// How large a step's jobs are, as far as somebody counted.
struct JobBytes {
  /// Of all jobs together.
  std::optional<std::int64_t> all{};
  /// Of the largest.
  std::optional<std::int64_t> largest{};

  bool operator==(const JobBytes&) const = default;
};

/// What the state machine needs to run a step as it was decided.
struct Dispatch {
  /// The function to call.
  std::string function{};
  MemoryMb memory{};
  /// Jobs of a batch.
  int size = 1;
  /// Batches that this makes of the jobs.
  int instances = 1;
  /// Jobs of a batch that are at work at the same time.
  int processes = 1;
  /// Batches that may be at work at the same time; 0 means no bound.
  int concurrency = 0;

  bool operator==(const Dispatch&) const = default;
};

/// Turns a configuration for `jobs` jobs into what the state machine takes, within the step's
/// bounds: instances * processes at most the user's MaxConcurrency, instances at most those that an
/// inline Map runs at once, a batch and its results under kMostBatchBytes where sizes are known.
/// With the largest job's bytes no batch of several jobs exceeds that, with those of all jobs alone
/// the mean batch does not. This bound goes before the others: more batches are made then, and wait
/// for one another. Absent where no function has the memory size.
std::optional<Dispatch> dispatch(const DeployedStep& step,
                                 const estimator::Configuration& configuration, int jobs,
                                 const JobBytes& bytes);

}  // namespace stepconf::configurator
