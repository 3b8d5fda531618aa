#include "stepconf/estimator/advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "stepconf/estimator/configuration.h"
#include "stepconf/estimator/uncertainty.h"

namespace stepconf::estimator {
namespace {

// A mean known better than this needs no further measurement.
constexpr double kGoodEnough = 0.02;
// Combinations of measured values are many where traces were folded in.
constexpr std::size_t kMostCandidates = 400;

// Every combination of the measured processes, jobs and instances with the usual memory sizes in
// their range.
std::vector<InstanceLoad> candidates(std::span<const MeasuredLoad> loads) {
  std::set<int> memories, processes, jobs, instances;
  for (const MeasuredLoad& measured : loads) {
    const InstanceLoad& load = measured.observation.load;
    memories.insert(load.memory.value);
    processes.insert(load.processes);
    jobs.insert(load.jobs);
    instances.insert(load.instances);
  }
  // Of one size nothing is known but that others would tell more.
  const bool one = memories.size() == 1;
  const std::pair range{*memories.begin(), *memories.rbegin()};
  for (const int size : ConfigurationSpace{}.memory_mb) {
    if (one || (size > range.first && size < range.second)) memories.insert(size);
  }
  std::vector<InstanceLoad> result;
  for (const int memory : memories) {
    for (const int q : processes) {
      for (const int g : jobs) {
        for (const int p : instances) {
          const bool idle = q > g && q != *processes.begin();
          if (!idle) result.push_back({MemoryMb{memory}, q, g, p});
        }
      }
    }
  }
  const std::size_t stride = result.size() / kMostCandidates + 1;
  std::vector<InstanceLoad> some;
  for (std::size_t k = 0; k < result.size(); k += stride) some.push_back(result[k]);
  return some;
}

std::string count(int number, const char* what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

// The least certain load, and how uncertain it is.
std::optional<std::pair<InstanceLoad, double>> least_certain(const FittedFunction& function,
                                                             std::span<const MeasuredLoad> loads) {
  const std::vector<InstanceLoad> points = candidates(loads);
  const double amplitude = form_amplitude(function.model_error.elsewhere);
  const Covariance covariance =
      uncertainty(function.duration, thinned(loads, kMostKriged), points, {.amplitude = amplitude});
  std::optional<std::pair<InstanceLoad, double>> result;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!function.memory.why_not(points[i]).empty()) continue;
    const double deviation = std::sqrt(std::max(0.0, covariance(i, i)));
    if (!result || deviation > result->second) result = {points[i], deviation};
  }
  return result;
}

}  // namespace

std::string advice(const FittedFunction& function, std::span<const MeasuredLoad> loads) {
  const auto uncertain = least_certain(function, loads);
  if (uncertain && uncertain->second > kGoodEnough) {
    const InstanceLoad& load = uncertain->first;
    return fmt::format(
        "measure {} MB with {} and {}{}: the prediction there is the least certain, {:.0f} %",
        load.memory.value,
        load.processes == 1 ? "1 process" : fmt::format("{} processes", load.processes),
        count(load.jobs, "job"),
        load.instances == 1 ? "" : fmt::format(" on each of {} instances", load.instances),
        uncertain->second * 100);
  }
  const double samples = function.spread.parameters().freedom;
  if (samples >= kSamplesForP99) return {};
  return fmt::format(
      "invoke it more often: the {} percentile is extrapolated, since {:.0f} of the {} samples "
      "that "
      "would show it are there",
      samples < kSamplesForP95 ? "95th and the 99th" : "99th", samples,
      samples < kSamplesForP95 ? kSamplesForP95 : kSamplesForP99);
}

}  // namespace stepconf::estimator
