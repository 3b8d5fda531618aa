#include "stepconf/platform/local/cpu_quota.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace stepconf::platform {

std::string CpuQuota::text() const { return fmt::format("{} {}", quota.count(), period.count()); }

CpuQuota cpu_quota(double cpus) {
  constexpr double kPreferredPeriod = 10'000, kLongestPeriod = 1'000'000, kSmallestQuota = 1'000;
  const double period =
      std::clamp(std::ceil(kSmallestQuota / cpus), kPreferredPeriod, kLongestPeriod);
  const double quota = std::max(std::round(period * cpus), kSmallestQuota);
  return {std::chrono::microseconds(std::llround(quota)),
          std::chrono::microseconds(std::llround(period))};
}

}  // namespace stepconf::platform
