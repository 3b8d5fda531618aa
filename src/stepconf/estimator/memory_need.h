#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stepconf/estimator/duration_model.h"

namespace stepconf::estimator {

/// A memory size that failed in a test.
struct KnownFailure {
  /// The load that failed.
  InstanceLoad load;
  /// The error's name.
  std::string status;

  bool operator==(const KnownFailure&) const = default;
};

/// What was seen to work. So it does on more memory, with fewer processes, and with more of them on
/// as much memory for each.
struct KnownFit {
  MemoryMb memory;
  int processes = 1;
  /// With as many jobs or fewer; absent where peaks do not depend on jobs.
  std::optional<int> jobs{};

  bool operator==(const KnownFit&) const = default;
  bool covers(const InstanceLoad& load) const;
};

/// What is known about the memory that a function needs. The default: nothing, so everything fits.
struct MemoryNeed {
  /// The memory that suffices: base + per_process * processes; absent where it was not measured.
  struct Peak {
    double base_mb = 0;
    double per_process_mb = 0;

    bool operator==(const Peak&) const = default;
  };
  std::optional<Peak> peak;
  /// Out of memory rules out as many processes or more on as much memory or less; a time-out the
  /// same for as many jobs or more; another error that pair of memory and processes alone.
  std::vector<KnownFailure> failures;
  /// What was seen to work overrules the line, and lack of memory with more jobs.
  std::vector<KnownFit> fits;

  bool operator==(const MemoryNeed&) const = default;

  /// Says why `load` cannot run ("needs 700 MB at 4 processes"); empty where it can.
  std::string why_not(const InstanceLoad& load) const;
  /// Whether `load` can run: whether `why_not` is empty, without making words.
  bool allows(const InstanceLoad& load) const;

 private:
  bool seen_to_fit(const InstanceLoad& load) const;
  double needed_mb(int processes) const;
  /// The failure that rules `load` out; nullptr where none does.
  const KnownFailure* ruled_out_by(const InstanceLoad& load) const;
};

/// What is added to the predicted peak: the largest peak of a few samples is not the largest there
/// is.
inline constexpr double kMemoryMargin = 0.10;

}  // namespace stepconf::estimator
