#include "stepconf/platform/local/cpu_quota.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>

namespace stepconf::platform {

std::string CpuQuota::text() const { return fmt::format("{} {}", quota.count(), period.count()); }

std::chrono::microseconds scheduler_tick() {
  timespec resolution{};
  // The coarse clock is the one that the tick moves.
  if (::clock_getres(CLOCK_MONOTONIC_COARSE, &resolution) != 0) return std::chrono::milliseconds(4);
  return std::chrono::microseconds(resolution.tv_sec * 1'000'000 + resolution.tv_nsec / 1000);
}

CpuQuota cpu_quota(double cpus, std::chrono::microseconds tick) {
  constexpr double kShortestPeriod = 4'000, kLongestPeriod = 1'000'000, kSmallestQuota = 1'000;
  const double preferred = std::max(kShortestPeriod, static_cast<double>(tick.count()));
  const double period = std::clamp(std::ceil(kSmallestQuota / cpus), preferred, kLongestPeriod);
  const double quota = std::max(std::round(period * cpus), kSmallestQuota);
  return {std::chrono::microseconds(std::llround(quota)),
          std::chrono::microseconds(std::llround(period))};
}

}  // namespace stepconf::platform
