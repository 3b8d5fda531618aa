#include "stepconf/wrapper/capacity.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>

namespace stepconf::wrapper {
namespace {

// Of the wrapper, for each copy: where it listens, up to four connections, two pipes, the process.
constexpr double kDescriptorsOfACopy = 8;
// Upstream, the loop's own, standard streams, and those of a start in progress.
constexpr double kOwnDescriptors = 32;
// A connection, and what is open while it is made: a socket to a name server.
constexpr double kDescriptorsOfATransfer = 2;
// The wrapper's own, and those of Lambda's extensions.
constexpr double kOtherThreads = 64;
constexpr double kMostCopies = 1e6;

// An enumeration with glibc, an int with musl.
using Resource = decltype(RLIMIT_NOFILE);

std::optional<double> limit_of(Resource resource) {
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace

std::optional<ProcessUse> process_use(pid_t pid) {
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  double peak_kb = 0;
  double file_kb = 0;
  ProcessUse use;
  std::string name;
  while (status >> name) {
    if (name == "VmHWM:") {
      status >> peak_kb;
    } else if (name == "RssFile:") {
      status >> file_kb;
    } else if (name == "Threads:") {
      status >> use.threads;
    }
    std::getline(status, name);
  }
  if (peak_kb <= 0) return std::nullopt;
  use.own_mb = std::max(0.0, peak_kb - file_kb) / 1024;
  use.shared_mb = file_kb / 1024;
  return use;
}

SandboxLimits sandbox_limits(std::optional<double> memory_mb, std::size_t transfers) {
  return {.memory_mb = memory_mb,
          .descriptors = limit_of(RLIMIT_NOFILE),
          .threads = limit_of(RLIMIT_NPROC),
          .transfers = transfers};
}

Capacity capacity(const SandboxLimits& limits, const ProcessUse& wrapper, const ProcessUse& copy) {
  Capacity found{.copies = static_cast<int>(kMostCopies)};
  const auto bound = [&found](double copies, std::string reason) {
    const int whole = static_cast<int>(std::clamp(copies, 1.0, kMostCopies));
    if (whole < found.copies) found = {whole, std::move(reason)};
  };
  if (limits.memory_mb && copy.own_mb > 0) {
    bound((*limits.memory_mb - wrapper.own_mb - copy.shared_mb) / copy.own_mb,
          fmt::format("one has used up to {:.0f} MB, the function has {:.0f} MB",
                      copy.own_mb + copy.shared_mb, *limits.memory_mb));
  }
  const auto transfers = static_cast<double>(limits.transfers);
  if (limits.descriptors) {
    const double own = kOwnDescriptors + kDescriptorsOfATransfer * transfers;
    bound((*limits.descriptors - own) / kDescriptorsOfACopy,
          fmt::format("a process may have {:.0f} descriptors open", *limits.descriptors));
  }
  if (limits.threads) {
    bound((*limits.threads - kOtherThreads - transfers) / std::max(copy.threads, 1),
          fmt::format("one has {} threads, the sandbox may have {:.0f}", copy.threads,
                      *limits.threads));
  }
  return found;
}

}  // namespace stepconf::wrapper
