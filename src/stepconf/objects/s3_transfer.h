#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "stepconf/objects/object_url.h"
#include "stepconf/objects/s3_requests.h"
#include "stepconf/objects/transfer_threads.h"

namespace stepconf::objects {

/// What became of a transfer.
struct Transfer {
  /// What was read.
  std::string bytes{};
  /// Why it failed; empty where it did not.
  std::string failure{};

  bool ok() const { return failure.empty(); }
};

/// Hears what became of a transfer, in one of the transfer threads; must not throw or wait.
using Transferred = std::function<void(Transfer)>;

/// Tells, in any thread, whether somebody still waits for a transfer; empty: always.
using Wanted = std::function<bool()>;

/// Where an object in S3 is, and how it is cut.
struct S3Target {
  aws::Destination destination;
  std::string path;
  std::size_t part_bytes = 0;
  /// Asked before each request; a transfer that is not wanted any more fails.
  Wanted wanted{};
};

/// Reads an object: its first part, whose answer tells the size, then the others in parallel, all
/// of one version. Where the object is replaced meanwhile, begins anew, a few times. What is read
/// is held against the checksums that S3 keeps.
void read_from_s3(TransferThreads& threads, S3Target target, Transferred done);

/// Writes an object, at once or, where it is larger than a part, in parts in parallel. A reader
/// sees the old object or the new. Where a part fails, what is uploaded of the others is removed.
void write_to_s3(TransferThreads& threads, S3Target target, std::string bytes, Transferred done);

/// Removes an object; one that is not there is removed already.
void remove_from_s3(TransferThreads& threads, S3Target target, Transferred done);

}  // namespace stepconf::objects
