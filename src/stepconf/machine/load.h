#pragma once

#include <string>

#include "stepconf/machine/batching.h"

namespace stepconf::machine {

/// What a configurator is told of a step's jobs, as JSONata of the state before it.
struct Load {
  /// The items; empty for a single job, or where nobody can say.
  std::string items{};
  /// At most how many bytes all jobs take in batches; empty where they do not travel together.
  std::string bytes{};
};

/// Writes the array of jobs as they travel: each in a box. Without boxes and brackets no jobs would
/// be nothing at all, and a single job that is an array would be taken for many.
std::string boxed_jobs(const Batching& batching, const std::string& items);

/// Tells the load of a batched Map. Bytes are those of the boxed jobs in UTF-8, rounded up: a
/// character beyond ASCII counts as four. Where each batch carries shared parts as well, they are
/// raised so that the most bytes of a batch (configurator::kMostBatchBytes) hold both.
Load load_of(const Batching& batching);

}  // namespace stepconf::machine
