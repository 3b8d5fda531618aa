// A peak is what a function took, not what it needs: runtimes size their heaps by the memory there
// is, files stay cached in what nobody else uses, and what fills all of it may do with less. So of
// several memory sizes on which the same load worked, the smallest peak says what suffices. A load
// that ran out of memory needs more than it had.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <vector>

#include "stepconf/estimator/failure.h"
#include "stepconf/estimator/fit.h"

namespace stepconf::estimator {
namespace {

// The least line over what suffices for each number of processes: slope by least squares, raised
// until no point stands above it.
MemoryNeed::Peak line_over(const std::map<int, double>& peaks) {
  if (peaks.size() == 1) {
    // With one number of processes base and slope cannot be told apart: take each process for a
    // copy of all.
    const auto& [processes, peak] = *peaks.begin();
    return {0, peak / processes};
  }
  const double n = static_cast<double>(peaks.size());
  double q = 0, mb = 0, qq = 0, qmb = 0;
  for (const auto& [processes, peak] : peaks) {
    q += processes;
    mb += peak;
    qq += static_cast<double>(processes) * processes;
    qmb += processes * peak;
  }
  MemoryNeed::Peak line;
  line.per_process_mb = std::max(0.0, (n * qmb - q * mb) / (n * qq - q * q));
  for (const auto& [processes, peak] : peaks) {
    line.base_mb = std::max(line.base_mb, peak - line.per_process_mb * processes);
  }
  return line;
}

struct Outcomes {
  int ok = 0;
  int failed = 0;
  std::string status;
  /// The largest of those that were ok and measured.
  std::optional<double> peak_mb;

  // One failure among many successes is bad luck, not a limit.
  bool mostly_failed() const { return failed > ok; }
  bool out_of_memory() const {
    return mostly_failed() && kind_of_failure(status) == FailureKind::out_of_memory;
  }
};

using ByLoad = std::map<InstanceLoad, Outcomes>;

ByLoad outcomes_of(std::span<const Sample> samples) {
  ByLoad outcomes;
  for (const Sample& sample : samples) {
    // Its siblings have memory of their own.
    InstanceLoad load = sample.load();
    load.instances = 1;
    Outcomes& outcome = outcomes[load];
    if (sample.ok()) {
      ++outcome.ok;
      if (sample.max_memory_mb)
        outcome.peak_mb = std::max(outcome.peak_mb.value_or(0), *sample.max_memory_mb);
    } else if (kind_of_failure(sample.status) != FailureKind::throttled) {
      ++outcome.failed;
      outcome.status = sample.status;
    }
  }
  return outcomes;
}

// Whether more jobs need more memory: their peak is higher by more than the margin, or they ran out
// of memory where fewer did not. Absent where no two measured loads differ in their jobs alone.
std::optional<bool> need_grows_with_jobs(const ByLoad& outcomes) {
  std::optional<bool> grows;
  for (const auto& [more, much] : outcomes) {
    for (const auto& [fewer, little] : outcomes) {
      if (fewer.jobs >= more.jobs) continue;
      const bool no_easier = fewer.memory <= more.memory && fewer.processes >= more.processes;
      if (no_easier && much.out_of_memory() && little.ok > 0 && !little.mostly_failed())
        return true;
      const bool alike = fewer.memory == more.memory && fewer.processes == more.processes;
      if (!alike || !much.peak_mb || !little.peak_mb) continue;
      grows = *much.peak_mb > *little.peak_mb * (1 + kMemoryMargin);
      if (*grows) return true;
    }
  }
  return grows;
}

// What suffices for each number of processes, in MB, whatever the number of jobs; `by_jobs`: peaks
// with different numbers of jobs cannot stand for each other.
std::map<int, double> sufficient(const ByLoad& outcomes, bool by_jobs) {
  // Of each number of processes (and of jobs) the peak at each memory size.
  std::map<std::pair<int, int>, std::map<MemoryMb, double>> peaks;
  for (const auto& [load, outcome] : outcomes) {
    if (!outcome.peak_mb) continue;
    double& peak = peaks[{load.processes, by_jobs ? load.jobs : 0}][load.memory];
    peak = std::max(peak, *outcome.peak_mb);
  }
  std::map<int, double> result;
  for (const auto& [key, by_memory] : peaks) {
    const auto least = std::ranges::min(by_memory | std::views::values);
    result[key.first] = std::max(result[key.first], least);
  }
  if (result.empty()) return result;
  for (const auto& [load, outcome] : outcomes) {
    if (!outcome.out_of_memory()) continue;
    double& need = result[load.processes];
    need = std::max(need, static_cast<double>(load.memory.value));
  }
  return result;
}

InstanceLoad load_of(const KnownFit& fit) {
  return {fit.memory, fit.processes, fit.jobs.value_or(1)};
}

// Keeps only what does not follow from another.
std::vector<KnownFit> strongest(const std::vector<KnownFit>& fits) {
  std::vector<KnownFit> result;
  for (const KnownFit& fit : fits) {
    const bool known = std::ranges::find(result, fit) != result.end();
    const bool implied = std::ranges::any_of(
        fits, [&](const KnownFit& other) { return other != fit && other.covers(load_of(fit)); });
    if (!known && !implied) result.push_back(fit);
  }
  return result;
}

}  // namespace

MemoryNeed learn_memory_need(std::span<const Sample> samples) {
  const ByLoad outcomes = outcomes_of(samples);
  const std::optional<bool> grows = need_grows_with_jobs(outcomes);
  MemoryNeed need;
  std::vector<KnownFit> fits;
  for (const auto& [load, outcome] : outcomes) {
    if (outcome.mostly_failed()) {
      need.failures.push_back({load, outcome.status});
    } else if (outcome.ok > 0) {
      fits.push_back({load.memory, load.processes});
      if (grows.value_or(false)) fits.back().jobs = load.jobs;
    }
  }
  const std::map<int, double> enough = sufficient(outcomes, grows.value_or(true));
  if (!enough.empty()) need.peak = line_over(enough);
  // Elsewhere there is nothing that they could overrule.
  if (need.peak || grows.value_or(false)) need.fits = strongest(fits);
  return need;
}

}  // namespace stepconf::estimator
