#include "stepconf/wrapper/memory_share.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace stepconf::wrapper {

std::optional<MemoryUse> memory_use(pid_t pid) {
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  double peak_kb = 0;
  double file_kb = 0;
  std::string name;
  while (status >> name) {
    if (name == "VmHWM:") {
      status >> peak_kb;
    } else if (name == "RssFile:") {
      status >> file_kb;
    }
    std::getline(status, name);
  }
  if (peak_kb <= 0) return std::nullopt;
  return MemoryUse{.own_mb = std::max(0.0, peak_kb - file_kb) / 1024, .shared_mb = file_kb / 1024};
}

int copies_that_fit(double memory_mb, double taken_mb, const MemoryUse& copy) {
  constexpr double kMostCopies = 1e6;
  const double free_mb = memory_mb - taken_mb - copy.shared_mb;
  const double fit = free_mb / std::max(copy.own_mb, 0.01);
  return static_cast<int>(std::clamp(fit, 1.0, kMostCopies));
}

}  // namespace stepconf::wrapper
